"""What a backtest computes: pure functions over arrays; no I/O, clock, environment or logging."""
