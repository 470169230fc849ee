"""Looking at what is stored: one code with its bars, and questions in SQL, both of which change nothing."""
