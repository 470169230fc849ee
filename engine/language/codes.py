"""How codes are written in a strategy's text."""

import re

CODE = re.compile(r"[0-9]{6}\.(SH|SZ|BJ)")
"""Of a stock or fund."""
INDEX = re.compile(r"[0-9A-Z]{4,10}\.[A-Z]{2,4}")
"""Of an index."""
