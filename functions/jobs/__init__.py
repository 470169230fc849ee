"""The life of a job: planning, the store in Postgres, the queue of doorbells, the results."""
