"""Orders and target weights from outside: tables are read, checked against a market, and traded by our rules."""
