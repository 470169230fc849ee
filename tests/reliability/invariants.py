"""What holds of every platform that has come to rest, whatever happened to it: rows of SQL that find what does not, and what `objects` and
`engine` find. Ask `broken` and want nothing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from functions.jobs.results import Results
from tests.reliability.objects import lost_objects
from tests.reliability.truth import Truth

_TERMINAL = "('succeeded', 'failed', 'cancelled')"

_TOLD = """
    create temporary table told on commit drop as
    select o.number, regexp_replace(o.body ->> 'event', '^run\\.', '') as event, o.body -> 'details' as details,
        (o.body ->> 'grid_id')::uuid as grid_id, r.run_id::uuid as run_id
    from public.outbox o cross join lateral jsonb_array_elements_text(coalesce(o.body -> 'run_ids', '[]')) as r (run_id)
"""
"""Events by run. A grid's events name all runs of a block."""

RULES: Mapping[str, str] = {
    "a run has not ended": f"select r.id, r.status from public.backtest_runs r where r.status not in {_TERMINAL}",
    "a run that ended does not say when": f"""
        select r.id, r.status from public.backtest_runs r where r.status in {_TERMINAL} and r.finished_at is null""",
    "a run was not told to be enqueued exactly once": """
        select r.id, count(t.run_id) from public.backtest_runs r left join told t on t.run_id = r.id and t.event = 'enqueued'
        group by r.id having count(t.run_id) <> 1""",
    "a run was not told to have ended exactly once, as it did": f"""
        select r.id, r.status, array_agg(t.event) from public.backtest_runs r
        left join told t on t.run_id = r.id and t.event in {_TERMINAL}
        group by r.id, r.status having array_agg(t.event) is distinct from array[r.status]""",
    "a run that was computed was not told to have started exactly once": """
        select r.id, r.status, count(t.run_id) from public.backtest_runs r left join told t on t.run_id = r.id and t.event = 'started'
        group by r.id, r.status
        having count(t.run_id) > 1 or (r.status = 'succeeded' and count(t.run_id) <> case when r.reused_from is null then 1 else 0 end)""",
    "what was told of a run is out of order": f"""
        select t.run_id, array_agg(t.event order by t.number) from told t group by t.run_id
        having array_agg(
            case when t.event = 'enqueued' then 0 when t.event = 'started' then 1 when t.event in {_TERMINAL} then 3 else 2 end
            order by t.number
        ) <> array_agg(
            case when t.event = 'enqueued' then 0 when t.event = 'started' then 1 when t.event in {_TERMINAL} then 3 else 2 end
            order by case when t.event = 'enqueued' then 0 when t.event = 'started' then 1 when t.event in {_TERMINAL} then 3 else 2 end
        )""",
    "the progress of a run fell": """
        select p.run_id, p.before, p.percent from (
            select t.run_id, (t.details ->> 'percent')::float8 as percent,
                lag((t.details ->> 'percent')::float8) over (partition by t.run_id order by t.number) as before
            from told t where t.event = 'progress'
        ) p where p.percent < p.before""",
    "a block has not ended": """
        select b.id, b.grid_id, b.kind, b.status from public.run_blocks b where b.status not in ('done', 'failed', 'cancelled')""",
    "a lease is left": "select b.id, b.status, b.lease_until from public.run_blocks b where b.lease_until is not null",
    "a grid counts open blocks": "select g.id, g.open_blocks from public.grids g where g.open_blocks <> 0",
    "a grid has not all of its runs": """
        select g.id, g.runs, count(r.id) from public.grids g left join public.backtest_runs r on r.grid_id = g.id
        where g.archived_at is null group by g.id
        having count(r.id) <> g.runs or count(distinct r.position) <> g.runs or max(r.position) <> g.runs - 1""",
    "a run that was not there before is not one block's": """
        select r.id, r.position, count(b.id) from public.backtest_runs r
        left join public.run_blocks b
            on b.grid_id = r.grid_id and b.decides and b.first_position <= r.position and r.position < b.last_position
        where r.reused_from is null group by r.id having count(b.id) <> 1""",
    "a grid was not summed up": """
        select g.id, g.status, g.ready_at, g.aggregated_at from public.grids g
        where g.ready_at is null or g.aggregated_at is null or g.finished_at is null or g.summary is null
            or g.status not in ('finished', 'cancelled', 'incomplete')""",
    "a summary counts other runs than there are": """
        select g.id, g.summary -> 'counts', c.counts from public.grids g cross join lateral (
            select jsonb_object_agg(k.status, k.runs) as counts from (
                select r.status, count(*) as runs from public.backtest_runs r where r.grid_id = g.id group by r.status
            ) k
        ) c where g.archived_at is null and (g.summary -> 'counts')::jsonb is distinct from c.counts""",
    "a grid's status is not what became of its runs": """
        select g.id, g.status, g.platform_failures from public.grids g
        where g.archived_at is null and case g.status
            when 'incomplete' then g.platform_failures = 0 or not exists (
                select from public.backtest_runs r where r.grid_id = g.id and r.status = 'failed'
            )
            when 'finished' then g.platform_failures > 0 or not exists (
                select from public.backtest_runs r where r.grid_id = g.id and r.status <> 'cancelled'
            )
            else not exists (select from public.backtest_runs r where r.grid_id = g.id and r.status = 'cancelled')
        end""",
    "a grid was not told to be finished exactly once, as it did; a single run is told by itself": """
        select g.id, g.mode, g.status, array_agg(o.body ->> 'status') from public.grids g
        left join public.outbox o on o.body ->> 'event' = 'grid.finished' and o.body ->> 'grid_id' = g.id::text
        where g.archived_at is null group by g.id
        having array_agg(o.body ->> 'status') is distinct from array[case when g.mode = 'grid' then g.status end]""",
    "a result stands in a run that did not succeed, or lacks in one that did": """
        select r.id, r.status, r.stats is null, r.content_hash, r.error from public.backtest_runs r
        where (r.status = 'succeeded') <> (r.stats is not null) or (r.status = 'succeeded') <> (r.content_hash is not null)
            or (r.status = 'succeeded' and r.error is not null) or (r.status = 'failed' and r.error is null)""",
    "the figures by column are not those of the runs that succeeded": """
        select coalesce(r.id, m.run_id), r.status, m.run_id is null
        from public.backtest_runs r full join public.metrics m on m.run_id = r.id
        where (r.status = 'succeeded') is distinct from (m.run_id is not null)
            or (r.stats ->> 'sharpe')::float8 is distinct from m.sharpe and r.status = 'succeeded'""",
    "a run's files are not those that are noted": """
        select r.id, k.key, k.path, a.path from public.backtest_runs r
        cross join lateral jsonb_each_text(r.artifacts) as k (key, path)
        left join public.artifacts a on a.run_id = r.id and a.key = k.key
        where r.status = 'succeeded' and k.key <> 'cells_path' and a.path is distinct from k.path""",
    "a run has its full account and no curve": """
        select r.id from public.backtest_runs r left join public.equity_curves c on c.run_id = r.id
        where r.status = 'succeeded' and r.artifacts ? 'trades_path' and c.run_id is null""",
    "the same account was made twice": """
        select b.grid_id, b.first_position, count(*) from public.run_blocks b
        where not b.decides and b.status = 'done' group by 1, 2 having count(*) > 1""",
    "a block was tried more often than it may be": """
        select b.id, b.attempt from public.run_blocks b join public.grids g on g.id = b.grid_id where b.attempt > 3 + g.panel_losses""",
    "what was reused is not the owner's own same run": """
        select r.id, r.reused_from from public.backtest_runs r left join public.backtest_runs o on o.id = r.reused_from
        where r.reused_from is not null
            and (o.id is not null and (o.owner <> r.owner or o.identity <> r.identity or o.content_hash <> r.content_hash))""",
    "a grid counts other reused runs than it has": """
        select g.id, g.reused from public.grids g
        where g.archived_at is null
            and g.reused <> (select count(*) from public.backtest_runs r where r.grid_id = g.id and r.reused_from is not null)""",
    "a submission spent less than nothing": "select g.id, g.spent_ms from public.grids g where g.spent_ms < 0",
}
"""What is wrong: the rows that it is true of. An empty answer is what everybody wants."""


def broken(admin: psycopg.Connection[Any], results: Results, truth: Truth | None = None) -> list[str]:
    """All that does not hold, a line each. `admin` is the superuser's connection, `truth` asks the engine itself (it may be None where
    somebody else did)."""
    found = list(_rows(admin)) + lost_objects(admin, results)
    return found + (truth.differences(admin, results) if truth else [])


def unfinished(admin: psycopg.Connection[Any]) -> list[str]:
    """What is still to be done, a line each; events that wait for a bus are not."""
    rules = ("a run has not ended", "a block has not ended", "a grid was not summed up")
    with _looking(admin) as cursor:
        return [f"{rule}: {row}" for rule in rules for row in cursor.execute(RULES[rule]).fetchall()]


def _rows(admin: psycopg.Connection[Any]) -> Iterator[str]:
    with _looking(admin) as cursor:
        for rule, query in RULES.items():
            for row in cursor.execute(query).fetchall()[:5]:  # type: ignore[call-overload]  the queries are ours
                yield f"{rule}: {', '.join(map(str, row))}"


@contextmanager
def _looking(admin: psycopg.Connection[Any]) -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """One picture of the database, events by run beside it."""
    begun = admin.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE
    with admin.transaction(), admin.cursor(row_factory=tuple_row) as cursor:
        if not begun:
            cursor.execute("set transaction isolation level repeatable read")
        cursor.execute(_TOLD)
        yield cursor
