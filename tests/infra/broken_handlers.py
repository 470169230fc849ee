"""A module that cannot be imported, for the tests of the local runtime."""

raise RuntimeError("no database here")
