"""The exact integer ledger: market rules, fills, the loop over bars."""
