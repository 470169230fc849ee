"""Where the platform runs: database migrations and the stack on one machine."""
