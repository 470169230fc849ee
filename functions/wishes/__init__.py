"""What somebody asked the API for and nobody has made yet: the planner makes it, because it may load table libraries."""
