"""The whole platform on one machine, with real parts."""
