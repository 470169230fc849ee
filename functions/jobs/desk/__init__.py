"""What planners, workers, aggregators and sweepers do in Postgres: one function for each step of a job's life, and no table at all.

Each file here names the migrations that it speaks to, which tell the same step in SQL.
"""

from functions.jobs.desk.aggregating import AggregateTask, Aggregating, Summand
from functions.jobs.desk.blocks import Blocks, Completion, Reason
from functions.jobs.desk.calls import Release
from functions.jobs.desk.planning import Planning
from functions.jobs.desk.publishing import Event, Publishing
from functions.jobs.desk.sweeping import Due, Sweeping

__all__ = ["AggregateTask", "Completion", "Desk", "Due", "Event", "Reason", "Release", "Summand"]


class Desk(Planning, Blocks, Aggregating, Sweeping, Publishing):
    """All steps on one database."""
