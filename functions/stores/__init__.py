"""What users keep in Postgres, one room a file: each call is one transaction in the caller's own role."""
