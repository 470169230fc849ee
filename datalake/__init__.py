"""Bars in, checked and versioned; panels, universes and rankings out."""
