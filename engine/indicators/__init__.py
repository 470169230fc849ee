"""Indicators: the catalogue (numba-free) and the kernels that compute it."""
