"""Reports: runs and grids as self-contained pages, without a script, font or picture from elsewhere: to keep, mail and print."""
