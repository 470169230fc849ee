"""Panels out: aligned arrays of a universe and a window, with only what was known then."""
