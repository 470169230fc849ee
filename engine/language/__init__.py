"""YAML text to a checked tree to a Program; free of numba, so that the API can validate."""
