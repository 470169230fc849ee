"""What a backtest asks of a dataset, checked before anything is computed. Light: the API asks this, and loads no table library."""
