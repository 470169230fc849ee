-- Submissions (grids; a single run is one of one), their runs, the blocks that workers claim, and the events that are published.

create table public.grids (
    id uuid primary key,
    owner uuid not null,
    backtest_id uuid not null,
    mode text not null check (mode in ('single', 'grid')),
    status text not null default 'queued' check (status in ('queued', 'running', 'finished', 'cancelled', 'incomplete')),
    spec jsonb not null,
    panel jsonb not null,
    panel_key text,
    engine_version text not null,
    rules_version text not null,
    -- Names the strategy and the universe: the runs of a family are trials of one idea.
    family text not null,
    budget_ms bigint check (budget_ms > 0),
    -- Compute time of completed blocks.
    spent_ms bigint not null default 0,
    priority smallint not null default 5 check (priority between 0 and 9),
    max_evals integer check (max_evals > 0),
    -- The API request that submitted it, for the logs of whoever works on it.
    request_id text not null default '' check (char_length(request_id) <= 200),
    early_stop jsonb,
    -- With `early_stop`: runs before this position have ended; the best figure among them, and how many came after it without a better one.
    frontier integer not null default 0 check (frontier >= 0),
    frontier_best float8,
    frontier_stale integer not null default 0 check (frontier_stale >= 0),
    -- Combinations that it asked for; they are counted here, because runs may be archived.
    runs integer not null check (runs between 1 and 10000),
    skipped integer not null default 0 check (skipped >= 0),
    -- Runs that were answered from what the owner had already.
    reused integer not null default 0 check (reused >= 0),
    -- Blocks that decide the outcome of runs and have not ended; the one who takes it to 0 notes `ready_at`.
    open_blocks integer not null check (open_blocks >= 0),
    -- Blocks that were given up because the platform failed, not a combination.
    platform_failures integer not null default 0,
    summary json,
    -- Of its succeeded runs, with the summary.
    best_return float8,
    best_sharpe float8,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    plan_attempt integer not null default 0,
    plan_lease timestamptz,
    -- Attempts to plan never begin again at 1, because an old number must never fit: only so many are allowed in all.
    plan_limit integer not null default 3,
    planned_at timestamptz,
    -- A worker could not use the panel: the store lost or damaged it, or another version of the program wrote it.
    panel_losses integer not null default 0,
    panel_lost_at timestamptz,
    ready_at timestamptz,
    aggregate_attempt integer not null default 0,
    aggregate_lease timestamptz,
    aggregated_at timestamptz,
    unique (id, owner),
    foreign key (backtest_id, owner) references public.backtests (id, owner) on delete cascade
);
create index grids_backtest on public.grids (backtest_id, created_at);
-- What somebody asked for in a month.
create index grids_owner on public.grids (owner, created_at);
create index grids_family on public.grids (owner, family);
create index grids_with_budget on public.grids (id) where budget_ms is not null and ready_at is null;
create index grids_in_order on public.grids (id) where early_stop is not null and ready_at is null;
create index grids_unfinished on public.grids (id) where aggregated_at is null;
create index grids_to_aggregate on public.grids (ready_at) where aggregated_at is null and ready_at is not null;

create table public.backtest_runs (
    id uuid primary key,
    owner uuid not null,
    backtest_id uuid not null,
    grid_id uuid not null,
    position integer not null check (position >= 0),
    status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    -- json keeps the order in which the strategy names its parameters; jsonb would not.
    params json not null check (json_typeof(params) = 'object'),
    -- The hash of everything that decides the result.
    identity text not null,
    stats jsonb,
    artifacts jsonb not null default '{}',
    error jsonb,
    attempt integer not null default 0,
    content_hash text,
    -- The run whose result this one was answered with, when it was submitted.
    reused_from uuid,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    unique (grid_id, position),
    foreign key (grid_id, owner) references public.grids (id, owner) on delete cascade
);
-- A page of a list in its usual order, of all runs or of one grid's.
create index backtest_runs_list on public.backtest_runs (backtest_id, created_at, position);
create index backtest_runs_grid_list on public.backtest_runs (grid_id, created_at, position);
-- What the owner has already.
create index backtest_runs_identity on public.backtest_runs (owner, identity) where status = 'succeeded';
create index backtest_runs_status on public.backtest_runs (grid_id, status);

create table public.run_blocks (
    id bigint generated always as identity primary key,
    grid_id uuid not null,
    owner uuid not null,
    kind text not null check (kind in ('cells', 'ledgers')),
    -- False: it only adds files to runs that have succeeded already.
    decides boolean not null,
    first_position integer not null,
    last_position integer not null,
    status text not null check (status in ('waiting', 'ready', 'leased', 'computed', 'done', 'failed', 'cancelled')),
    priority smallint not null,
    engine_version text not null,
    attempt integer not null default 0,
    -- Of this attempt; and the furthest that was told as an event, by any.
    progress smallint not null default 0 check (progress between 0 and 100),
    told_progress smallint not null default 0,
    worker text,
    not_before timestamptz not null default now(),
    lease_until timestamptz,
    claimed_at timestamptz,
    -- Of this attempt, as its worker measures it: no clock of a machine that jumps makes it more.
    spent_ms bigint not null default 0 check (spent_ms >= 0),
    finished_at timestamptz,
    error jsonb,
    -- When a block that was given up was laid among the dead letters.
    buried_at timestamptz,
    created_at timestamptz not null default now(),
    check (first_position < last_position),
    foreign key (grid_id, owner) references public.grids (id, owner) on delete cascade
);
-- By whose turn it is: among equals, accounts that somebody waits for (single runs, the files of one cell) go before the cells of grids.
create index run_blocks_next on public.run_blocks (engine_version, owner, priority, (kind = 'cells'), id) where status = 'ready';
create index run_blocks_leases on public.run_blocks (lease_until) where status = 'leased';
create index run_blocks_grid on public.run_blocks (grid_id, first_position);
create index run_blocks_dead on public.run_blocks (id) where status = 'failed' and attempt > 0 and buried_at is null;
create index run_blocks_waiting on public.run_blocks (grid_id) where status = 'waiting';
-- One account of a run at a time, also while its panel is made anew.
create unique index run_blocks_one_ledger on public.run_blocks (grid_id, first_position)
    where not decides and status in ('waiting', 'ready', 'leased');

-- Of a block that took too long (speculating): whoever computes it beside the one in its own row. Who changes this holds the lock on the block.
create table public.second_attempts (
    block_id bigint primary key references public.run_blocks (id) on delete cascade,
    owner uuid not null,
    attempt integer not null,
    worker text,
    progress smallint not null default 0,
    spent_ms bigint not null default 0,
    -- Null: it is over, and its number fits nothing any more.
    lease_until timestamptz
);

-- Written with the change that it tells of, published at least once afterwards under the same id.
create table public.outbox (
    id uuid primary key default gen_random_uuid(),
    number bigint generated always as identity,
    -- Null: of everybody.
    owner uuid references auth.users (id) on delete cascade,
    body jsonb not null,
    created_at timestamptz not null default now(),
    taken_until timestamptz,
    published_at timestamptz
);
create index outbox_waiting on public.outbox (number) where published_at is null;
create index outbox_taken on public.outbox (taken_until) where published_at is null;
create index outbox_old on public.outbox (created_at);

-- queued -> running -> succeeded | failed | cancelled, never back, whoever asks.
create function lianghu.refuse_return() returns trigger
    language plpgsql set search_path = ''
as $$
begin
    raise exception 'a run that is % cannot become %', old.status, new.status using errcode = 'PT409';
end
$$;
create trigger never_back before update of status on public.backtest_runs for each row
    when (
        (old.status in ('succeeded', 'failed', 'cancelled') and new.status <> old.status)
        or (old.status = 'running' and new.status = 'queued')
    )
    execute function lianghu.refuse_return();
