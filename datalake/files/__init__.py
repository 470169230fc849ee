"""Files in: found, read in chunks, parsed, checked, staged."""
