"""Pages of a list by cursor: the cursor remembers the last row's place, so rows that come or go elsewhere shift nothing."""

import base64
import json
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import sql

from functions.errors import ApiError
from functions.jobs.database import Connection, Row

TIMES = ("created_at", "started_at", "finished_at")
LARGEST_PAGE = 1000
POSITIONS = range(2**31)


def page(
    connection: Connection, select: sql.SQL, conditions: Sequence[tuple[sql.SQL, Any]], sort: str, limit: int, cursor: str | None
) -> tuple[list[Row], str | None]:
    """Rows of `select` (which ends before its WHERE, its table called t) and the cursor of the next page; None after the last one.

    Every order is ascending in one number (times as seconds, descending as the negative, unknown as infinity), then by creation,
    position and id: so one comparison of rows continues any order.
    """
    number, values = _number(sort)
    place = sql.SQL("({}, extract(epoch from t.created_at)::float8, t.position, t.id)").format(number)
    where: list[sql.Composable] = [condition for condition, _ in conditions]
    arguments = [value for _, value in conditions]
    if cursor:
        where.append(sql.SQL("{} > (%s::float8, %s::float8, %s::integer, %s::uuid)").format(place))
        arguments += [*values, *_read(cursor, sort)]
    query = sql.SQL(
        "select t.*, {number} as place_number, extract(epoch from t.created_at)::float8 as place_time from ({select}) t"
    ).format(number=number, select=select)
    if where:
        query += sql.SQL(" where ") + sql.SQL(" and ").join(where)
    # The same order as that of `place`, in columns: so an index can give the usual one without sorting all rows for every page.
    query += sql.SQL(" order by {}, t.created_at, t.position, t.id limit %s").format(number)
    count = max(1, min(limit, LARGEST_PAGE))
    rows = connection.execute(query, [*values, *arguments, *values, count + 1]).fetchall()
    if len(rows) <= count:
        return rows, None
    last = rows[count - 1]
    return rows[:count], _write(sort, [last["place_number"], last["place_time"], last["position"], str(last["id"])])


def _number(sort: str) -> tuple[sql.Composable, list[str]]:
    """The number to sort by, and the values it binds."""
    descending, key = sort.startswith("-"), sort.removeprefix("-")
    values: list[str] = []
    if key == "position":
        number: sql.Composable = sql.SQL("t.position::float8") if descending else sql.SQL("0::float8")
    elif key in TIMES:
        number = sql.SQL("extract(epoch from t.{})::float8").format(sql.Identifier(key))
    elif match := re.fullmatch(r"(stats|params)\.(\w{1,64})", key):
        number, values = sql.SQL("(t.{} ->> %s)::float8").format(sql.Identifier(match[1])), [match[2]]
    else:
        known = ["position", *TIMES, "stats.<metric>", "params.<name>"]
        raise ApiError("INVALID_INPUT", f"sort: cannot sort by {key!r}; known: {', '.join(known)}", {"field": "sort"})
    sign = sql.SQL("-") if descending else sql.SQL("")
    return sql.SQL("coalesce({sign}({number}), 'Infinity'::float8)").format(sign=sign, number=number), values


def _write(sort: str, place: list[Any]) -> str:
    numbers = [repr(float(value)) for value in place[:2]]
    return base64.urlsafe_b64encode(json.dumps([sort, *numbers, *place[2:]]).encode()).decode().rstrip("=")


def _read(cursor: str, sort: str) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_for, number, time, position, identity = json.loads(base64.urlsafe_b64decode(padded.encode()))
        place: list[Any] = [float(number), float(time), int(position), str(UUID(identity))]
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ApiError("INVALID_INPUT", "cursor: this is no cursor of this list", {"field": "cursor"}) from error
    if made_for != sort or place[2] not in POSITIONS:
        raise ApiError("INVALID_INPUT", "cursor: it belongs to a list in another order", {"field": "cursor"})
    return place
