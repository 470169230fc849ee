"""The quickest tools beside ours on the same prices, in one run, taking turns; `make bench-peers`."""
