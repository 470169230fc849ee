-- Row-level security on every table (lianghu.protect says what that is). Users write none: see schema lianghu.

call lianghu.protect('strategies', true);
call lianghu.protect('strategy_versions', true);
call lianghu.protect('backtests', true);
call lianghu.protect('grids', true);
call lianghu.protect('backtest_runs', true);
call lianghu.protect('run_blocks', true);
call lianghu.protect('second_attempts', false);
call lianghu.protect('outbox', false);

grant update (
    status, panel_key, spent_ms, open_blocks, platform_failures, summary, started_at, finished_at, plan_attempt, plan_lease, plan_limit,
    planned_at, panel_losses, panel_lost_at, ready_at, aggregate_attempt, aggregate_lease, aggregated_at,
    best_return, best_sharpe, frontier, frontier_best, frontier_stale
) on public.grids to lianghu_states;
grant update (status, stats, artifacts, error, attempt, content_hash, started_at, finished_at) on public.backtest_runs to lianghu_states;
grant update (
    status, engine_version, attempt, priority, progress, told_progress, worker, not_before, lease_until, claimed_at, spent_ms, finished_at,
    error, buried_at
) on public.run_blocks to lianghu_states;
grant update on public.second_attempts to lianghu_states;
grant update (taken_until, published_at), delete on public.outbox to lianghu_states;
-- SELECT ... FOR UPDATE asks for UPDATE on a column; numbering a strategy's versions locks the strategy.
grant update (name) on public.strategies to lianghu_states;
