"""Pages of a list by cursor: the cursor remembers the last row's place, so rows that come or go elsewhere shift nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from psycopg import sql

from functions.errors import ApiError
from functions.jobs.cursors import Kind, Place, read_cursor, write_cursor
from functions.jobs.database import Connection, Row

LARGEST_PAGE = 1000
Conditions = Sequence[tuple[sql.SQL, Any]]


@dataclass(frozen=True)
class Column:
    """One of the columns by which a stretch of a list is ordered."""

    field: str
    """Of a Place."""
    expression: sql.Composable
    descending: bool = False


def in_order_of_making(*, descending: bool = False, identity: str = "id") -> tuple[Column, ...]:
    """The order in which rows were made; equals of any other order come in it, too. `identity` is the column of the id."""
    named = {"created_at": "created_at", "position": "position", "id": identity}
    return tuple(Column(field, sql.Identifier("t", name), descending) for field, name in named.items())


_CREATED, *_SAME_TIME = in_order_of_making()
USUAL = {
    "position": (_CREATED, *_SAME_TIME),
    "-position": in_order_of_making(descending=True),
    "created_at": (_CREATED, *_SAME_TIME),
    "-created_at": (replace(_CREATED, descending=True), *_SAME_TIME),
}
"""Orders by what every row has; an index gives each of them without reading all rows."""


@dataclass(frozen=True)
class Part:
    """A stretch of a list with one order. A list by what not all rows have is two of them: those that have it, then those that have not."""

    select: sql.Composable
    """Ends before WHERE; gives `place_key` beside the row."""
    conditions: Sequence[tuple[sql.Composable, Sequence[Any]]]
    """Each with what it binds."""
    order: tuple[Column, ...]
    """Turns round once at most."""
    rest: sql.Composable | None = None
    """Comes after LIMIT."""

    def rows(self, connection: Connection, place: Place | None, limit: int) -> list[Row]:
        """Those after `place`; None: the first ones."""
        conditions: list[sql.Composable] = [condition for condition, _ in self.conditions]
        bound = [value for _, values in self.conditions for value in values]
        if place:
            after, values = self._after(place)
            conditions.append(after)
            bound += values
        query = self.select
        if conditions:
            query += sql.SQL(" where ") + sql.SQL(" and ").join(conditions)
        order = [column.expression + sql.SQL(" desc" if column.descending else "") for column in self.order]
        query += sql.SQL(" order by ") + sql.SQL(", ").join(order) + sql.SQL(" limit %s")
        if self.rest is not None:
            query += self.rest
        return connection.execute(query, [*bound, limit]).fetchall()

    def _after(self, place: Place) -> tuple[sql.Composable, list[Any]]:
        """Where the order turns round, the first comparison is what an index can be read by."""
        way = self.order[0].descending
        head = list(takewhile(lambda column: column.descending is way, self.order))
        tail = self.order[len(head) :]
        first, values = _compared(head, place, "<" if way else ">")
        if not tail:
            return first, values
        reached, _ = _compared(head, place, "<=" if way else ">=")
        then, others = _compared(tail, place, ">" if way else "<")
        return sql.SQL("{} and ({} or {})").format(reached, first, then), [*values, *values, *others]


def page(
    connection: Connection, select: sql.SQL, conditions: Conditions, sort: str, limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """Rows of `select` (which ends before its WHERE, its table called t) and the cursor of the next page; None after the last one."""
    name = sort.removeprefix("-")
    if sort in USUAL:
        shown = sql.SQL("select t.*, null as place_key from ({}) t").format(select)
        return walk(connection, [Part(shown, binding(conditions), USUAL[sort])], sort, None, limit, cursor)
    if name in ("started_at", "finished_at"):
        expression: sql.Composable = sql.Identifier("t", name)
        return walk(connection, _by_key(select, conditions, sort, expression), sort, "time", limit, cursor)
    if match := re.fullmatch(r"params\.(\w{1,64})", name):
        expression = sql.SQL("(t.params ->> {})::float8").format(sql.Literal(match[1]))
        return walk(connection, _by_key(select, conditions, sort, expression), sort, "number", limit, cursor)
    known = ["position", "created_at", "started_at", "finished_at", "stats.<metric>", "params.<name>"]
    raise ApiError("INVALID_INPUT", f"sort: cannot sort by {name!r}; known: {', '.join(known)}", {"field": "sort"})


def walk(
    connection: Connection, parts: Sequence[Part], sort: str, kind: Kind | None, limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """A page of a list that is one part or, by a key of this kind, two: rows with the key, then rows without."""
    place = read_cursor(cursor, sort, kind) if cursor else None
    count = max(1, min(limit, LARGEST_PAGE))
    rows: list[Row] = []
    if place and place.key is None:
        parts = parts[-1:]
    for part in parts:
        rows += part.rows(connection, place, count + 1 - len(rows))
        if len(rows) > count:
            return rows[:count], write_cursor(sort, rows[count - 1])
        place = None  # The next part begins at its first row.
    return rows, None


def binding(conditions: Conditions) -> list[tuple[sql.Composable, Sequence[Any]]]:
    """Conditions of one value each, as a part has them."""
    return [(condition, (value,)) for condition, value in conditions]


def _by_key(select: sql.SQL, conditions: Conditions, sort: str, key: sql.Composable) -> list[Part]:
    known = sql.SQL("select t.*, {} as place_key from ({}) t").format(key, select)
    unknown = sql.SQL("select t.*, null as place_key from ({}) t").format(select)
    order = (Column("key", key, sort.startswith("-")), *in_order_of_making())
    return [
        Part(known, [*binding(conditions), (sql.SQL("{} is not null").format(key), ())], order),
        Part(unknown, [*binding(conditions), (sql.SQL("{} is null").format(key), ())], in_order_of_making()),
    ]


def _compared(columns: Sequence[Column], place: Place, sign: str) -> tuple[sql.Composable, list[Any]]:
    names, marks = sql.SQL(", ").join(column.expression for column in columns), sql.SQL(", ").join([sql.SQL("%s")] * len(columns))
    return sql.SQL("({}) {} ({})").format(names, sql.SQL(sign), marks), [getattr(place, column.field) for column in columns]
