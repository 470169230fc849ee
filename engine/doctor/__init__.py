"""Whether a run is what it seems: findings that a careful colleague would mention. Free of numba; `examine.examine` is the door."""
