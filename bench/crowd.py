"""A platform with many users in it: rows straight into the tables, in the shape in which the platform's functions leave them."""

import json
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from engine.statistics.metrics import METRICS

BLOCK = 500
"""Runs of a block."""

_USERS = """
    insert into auth.users (id, email, encrypted_password)
    select id, id || '@example.com', '' from unnest(%(users)s::uuid[]) as u (id)
"""
_STRATEGIES = """
    with made as (
        insert into public.strategies (owner, name)
        select u.id, 'strategy ' || n from unnest(%(users)s::uuid[]) as u (id), generate_series(1, %(strategies)s) n returning id, owner
    ), versions as (
        insert into public.strategy_versions (strategy_id, owner, version, source, identity)
        select m.id, m.owner, n, repeat('# a comment' || chr(10), 100), md5(m.id::text || n)
        from made m, generate_series(1, 3) n returning id, owner, version
    )
    insert into public.backtests (owner, strategy_version_id, context)
    select v.owner, v.id, %(context)s from versions v where v.version = 3
"""
_GRIDS = """
    insert into public.grids (
        id, owner, backtest_id, mode, spec, panel, panel_key, engine_version, rules_version, family, open_blocks, runs, status, summary,
        created_at, started_at, finished_at, planned_at, ready_at, aggregated_at
    )
    select gen_random_uuid(), b.owner, b.id, 'grid', '{}', '{"universe": ["000001.SZ"]}', 'panels/p', 'engine-1', 'rules-1',
        md5(b.id::text), 0, %(runs)s, 'finished', %(summary)s::json, at, at, at, at, at, at
    from public.backtests b, generate_series(1, %(grids)s) n, lateral (select now() - make_interval(secs => n * 1000)) t (at)
    where b.owner = any(%(users)s)
"""
_RUNS = """
    insert into public.backtest_runs (
        id, owner, backtest_id, grid_id, position, status, params, identity, stats, artifacts, content_hash,
        created_at, started_at, finished_at
    )
    select gen_random_uuid(), g.owner, g.backtest_id, g.id, n, 'succeeded', json_build_object('ma_short', n %% 100, 'ma_long', n / 100),
        md5(g.id::text || n), (select jsonb_object_agg(m.key, random() * (n - n + 1)) from unnest(%(metrics)s::text[]) as m (key)),
        jsonb_build_object('cells_path', 'cells/' || g.owner || '/' || md5(g.id::text) || '.cells'), md5(n::text),
        g.created_at, g.created_at, g.created_at + interval '1 minute'
    from public.grids g, generate_series(0, %(runs)s - 1) n
    where g.owner = any(%(users)s)
"""
_BLOCKS = """
    insert into public.run_blocks (
        grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version, attempt, progress,
        claimed_at, finished_at
    )
    select g.id, g.owner, 'cells', true, n, least(n + %(block)s, %(runs)s), 'done', 5, 'engine-1', 1, 100, g.created_at, g.created_at
    from public.grids g, generate_series(0, %(runs)s - 1, %(block)s) n
    where g.owner = any(%(users)s)
"""
_EVENTS = """
    insert into public.outbox (owner, body, published_at)
    select g.owner, '{"event": "succeeded"}', now() from public.grids g, generate_series(1, 10) where g.owner = any(%(users)s)
"""
_IDEMPOTENCY = """
    insert into public.idempotency (owner, key, request_hash, status, body)
    select g.owner, gen_random_uuid(), 'x', 202, ''::bytea from public.grids g where g.owner = any(%(users)s)
"""
STEPS = (_USERS, _STRATEGIES, _GRIDS, _RUNS, _BLOCKS, _EVENTS, _IDEMPOTENCY)
CONTEXT: dict[str, Any] = {"universe": ["000001.SZ"], "datasource_version": "sample:v1", "initial_cash": 1_000_000}


class Crowd(NamedTuple):
    """How much of everything a group of users has."""

    users: int
    strategies: int
    """Of each user; each has one backtest."""
    grids: int
    """Of each backtest."""
    runs: int
    """Of each grid."""


def gather(admin: psycopg.Connection, crowd: Crowd) -> list[str]:
    """The users' ids. `admin` is the superuser: nobody else may write these tables."""
    users = [uuid4() for _ in range(crowd.users)]
    values = {
        "users": users,
        "strategies": crowd.strategies,
        "grids": crowd.grids,
        "runs": crowd.runs,
        "block": BLOCK,
        "context": Jsonb(CONTEXT),
        "summary": json.dumps({"counts": {"succeeded": crowd.runs}, "skipped": 0, "best": {"return": None, "sharpe": None}, "errors": []}),
        "metrics": [metric.key for metric in METRICS],
    }
    with admin.transaction():
        for step in STEPS:
            admin.execute(step, values)
    return [str(user) for user in users]


def settle(admin: psycopg.Connection) -> None:
    """What autovacuum does within a minute of such a crowd: the planner knows how large everything is."""
    for (table,) in admin.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace").fetchall():
        admin.execute(psycopg.sql.SQL("vacuum (analyze) public.{}").format(psycopg.sql.Identifier(table)))


def one_of(admin: psycopg.Connection, table: str, user: str) -> str:
    """Some id of the user's."""
    row = admin.execute(
        psycopg.sql.SQL("select id from public.{} where owner = %s order by id limit 1").format(psycopg.sql.Identifier(table)),
        (UUID(user),),
    ).fetchone()
    if row is None:
        raise ValueError(f"{user} has nothing in {table}")
    return str(row[0])
