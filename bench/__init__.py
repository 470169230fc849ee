"""Speed figures, printed as JSON; never part of the tests."""
