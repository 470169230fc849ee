"""Runs sorted by a metric: their places come from the table of figures, a tenth as large, and only the page's own runs are read."""

from psycopg import sql

from datalake.errors import did_you_mean
from engine.statistics.metrics import METRICS
from functions.errors import ApiError
from functions.jobs.database import Connection, Row
from functions.jobs.paging import Column, Conditions, Part, binding, in_order_of_making, walk

KNOWN = [metric.key for metric in METRICS]


def page_by_metric(
    connection: Connection, select: sql.SQL, conditions: Conditions, status: str | None, sort: str, limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """As paging.page, of runs; `conditions` are of columns that public.metrics has too. Only what has succeeded has metrics."""
    metric = sort.removeprefix("-").removeprefix("stats.")
    if metric not in KNOWN:
        hint = did_you_mean(metric, KNOWN) or "see /api/metrics"
        raise ApiError("INVALID_INPUT", f"sort: there is no metric {metric!r}; {hint}", {"field": "sort"})
    wanted: Conditions = [*conditions, *([(sql.SQL("t.status = %s"), status)] if status else [])]
    parts = [_without(select, wanted, metric)]
    if status in (None, "succeeded"):
        parts.insert(0, _with(select, conditions, metric, sort.startswith("-")))
    return walk(connection, parts, sort, "number", limit, cursor)


def _with(select: sql.SQL, conditions: Conditions, metric: str, descending: bool) -> Part:
    key = sql.Identifier("t", metric)
    way = sql.SQL("desc" if descending else "asc")
    return Part(
        sql.SQL("select t.*, place.key as place_key from (select t.run_id, {} as key from public.metrics t").format(key),
        [*binding(conditions), (sql.SQL("{} is not null").format(key), ())],
        (Column("key", key, descending), *in_order_of_making(identity="run_id")),
        sql.SQL(") place join ({}) t on t.id = place.run_id order by place.key {}, t.created_at, t.position, t.id").format(select, way),
    )


def _without(select: sql.SQL, conditions: Conditions, metric: str) -> Part:
    unknown = sql.SQL("not exists (select from public.metrics m where m.run_id = t.id and {} is not null)")
    shown = sql.SQL("select t.*, null as place_key from ({}) t").format(select)
    return Part(shown, [*binding(conditions), (unknown.format(sql.Identifier("m", metric)), ())], in_order_of_making())
