"""Reports: runs and grids as self-contained pages that can be kept, mailed and printed, without a script, font or picture from elsewhere."""
