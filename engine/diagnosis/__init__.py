"""Whether to believe the best of a grid: what is left of it when it is known how many were tried. NumPy only, free of numba."""
