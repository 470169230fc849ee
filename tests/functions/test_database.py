"""What Postgres itself refuses, in words."""

import psycopg
import pytest

from functions.errors import ApiError
from functions.jobs.database import Database


def test_a_full_disk_was_called_a_database_that_does_not_answer(database: Database) -> None:
    with pytest.raises(ApiError, match="disk is full") as error, database.as_worker():
        raise psycopg.errors.DiskFull("could not extend file")
    assert error.value.code == "UPSTREAM_ERROR"
