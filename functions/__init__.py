"""The doors: API, workers, command line. A handler reads like the story of what it does."""
