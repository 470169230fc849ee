"""The sections of a strategy's text, one file each; read.py puts them together."""
