"""Signals from outside: tables of orders or target weights, which are traded instead of a strategy's rules."""
