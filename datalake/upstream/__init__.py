"""Tushare in: what is lacking, how it is asked, and how often."""
