"""The best of each day by a field: small tables made from the lake, and arrays to look them up in."""
