-- Row-level security on every table, forced on its owner too. Users may read their own rows and write none: see schema lianghu.
-- Supabase grants new tables and sequences to its API roles; that is taken back.

do $$
declare
    name text;
begin
    foreach name in array array[
        'strategies', 'strategy_versions', 'backtests', 'grids', 'backtest_runs', 'run_blocks', 'outbox', 'idempotency', 'rate_limits'
    ] loop
        execute format('alter table public.%I enable row level security', name);
        execute format('alter table public.%I force row level security', name);
        execute format('revoke all on public.%I from public, anon, authenticated', name);
    end loop;

    revoke all on all sequences in schema public from public, anon, authenticated;

    foreach name in array array['strategies', 'strategy_versions', 'backtests', 'grids', 'backtest_runs', 'run_blocks'] loop
        execute format('grant select on public.%I to authenticated', name);
        execute format('create policy own_rows on public.%I for select to authenticated using (owner = (select auth.uid()))', name);
    end loop;

    foreach name in array array[
        'strategies', 'strategy_versions', 'backtests', 'grids', 'backtest_runs', 'run_blocks', 'outbox', 'idempotency', 'rate_limits'
    ] loop
        execute format('grant select, insert on public.%I to lianghu_states', name);
        -- The subqueries are evaluated once a statement, not once a row.
        execute format(
            'create policy states on public.%I for all to lianghu_states using ('
            'owner = (select lianghu.requester()) or (select current_setting(''role'', true)) = ''lianghu_worker'')',
            name
        );
    end loop;
end
$$;

grant update (
    status, panel_key, spent_ms, open_blocks, platform_failures, summary, started_at, finished_at, plan_attempt, plan_lease, planned_at,
    ready_at, aggregate_attempt, aggregate_lease, aggregated_at
) on public.grids to lianghu_states;
grant update (status, stats, artifacts, error, attempt, content_hash, started_at, finished_at) on public.backtest_runs to lianghu_states;
grant update (
    status, engine_version, attempt, priority, progress, worker, not_before, lease_until, claimed_at, finished_at, error, buried_at
) on public.run_blocks to lianghu_states;
grant update (taken_until, published_at), delete on public.outbox to lianghu_states;
grant update, delete on public.idempotency to lianghu_states;
grant update, delete on public.rate_limits to lianghu_states;
-- SELECT ... FOR UPDATE asks for UPDATE on a column; numbering a strategy's versions locks the strategy.
grant update (name) on public.strategies to lianghu_states;
