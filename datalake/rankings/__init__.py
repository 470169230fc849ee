"""Rankings out: the first of each session by a stored figure or by the return of some sessions, kept as small arrays by calendar year."""
