-- The end of a submission: who sums it up, among how many trials it is judged, what is written.

-- A submission whose runs have all ended, for one aggregator at a time. How many attempts are left after this one; negative: those that
-- judge the grid have all died, so this one is to sum up and nothing else.
create function lianghu.claim_aggregate(p_grid uuid, p_lease float8)
    returns table (
        grid_id uuid, owner uuid, attempt integer, attempts_left integer, mode text, skipped integer, cancelled boolean, spec jsonb,
        engine_version text, rules_version text, strategy_name text, strategy_identity text, context jsonb, universe jsonb, request_id text
    )
    language sql security definer set search_path = ''
as $$
    with claimed as (
        update public.grids g
        set aggregate_attempt = g.aggregate_attempt + 1, aggregate_lease = now() + make_interval(secs => p_lease)
        where g.id = p_grid and g.ready_at is not null and g.aggregated_at is null
            and (g.aggregate_lease is null or g.aggregate_lease < now())
        returning g.*
    )
    select
        c.id, c.owner, c.aggregate_attempt, lianghu.attempts() - c.aggregate_attempt, c.mode, c.skipped, c.status = 'cancelled', c.spec,
        c.engine_version, c.rules_version, s.name, v.identity, t.context, c.panel -> 'universe', c.request_id
    from claimed c
    join public.backtests t on t.id = c.backtest_id
    join public.strategy_versions v on v.id = t.strategy_version_id
    join public.strategies s on s.id = v.strategy_id
$$;

-- The runs of a submission that have ended, in its order: some of them at a time, those after a position.
create function lianghu.ended_runs(p_grid uuid, p_after integer, p_limit integer)
    returns table (
        run_id uuid, "position" integer, status text, params json, stats jsonb, error jsonb, content_hash text, cells_path text
    )
    language sql stable security definer set search_path = ''
as $$
    select r.id, r.position, r.status, r.params, r.stats, r.error, r.content_hash, r.artifacts ->> 'cells_path'
    from public.backtest_runs r
    where r.grid_id = p_grid and r.position > p_after and r.status in ('succeeded', 'failed', 'cancelled')
    order by r.position limit p_limit
$$;

-- Still mine? Writes only when a third of the lease is gone, so an aggregator may ask every second.
create function lianghu.extend_aggregate(p_grid uuid, p_attempt integer, p_lease float8) returns boolean
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.grids g set aggregate_lease = now() + make_interval(secs => p_lease)
    where g.id = p_grid and g.aggregate_attempt = p_attempt and g.aggregated_at is null
        and g.aggregate_lease < now() + make_interval(secs => p_lease * 2 / 3);
    return exists (select from public.grids g where g.id = p_grid and g.aggregate_attempt = p_attempt and g.aggregated_at is null);
end
$$;

-- To be tried again after so many seconds; null: somebody else has it.
create function lianghu.release_aggregate(p_grid uuid, p_attempt integer) returns float8
    language plpgsql security definer set search_path = ''
as $$
declare
    v_delay float8 := lianghu.backoff(p_attempt);
begin
    update public.grids g set aggregate_lease = now() + make_interval(secs => v_delay)
    where g.id = p_grid and g.aggregate_attempt = p_attempt and g.aggregated_at is null;
    return case when found then v_delay end;
end
$$;

-- How many different combinations the owner of a submission ever had computed in its family, and the variance of their Sharpe ratios per
-- session (244 of them make a year). The same combination is one trial, however often it ran, on whatever version of the data and beside
-- whatever benchmark; of several results the newest counts. The variance is of those of the submission's own window: the Sharpe ratios of
-- a month lie ten times further apart than those of ten years, and one short grid would make all that follow look like luck.
create function lianghu.count_trials(p_grid uuid) returns table (trials bigint, variance float8)
    language plpgsql stable security definer set search_path = ''
as $$
begin
    -- (In plpgsql, because archived_runs is made by a later migration.)
    return query
    with family as (
        select f.id, dense_rank() over (order by v.identity, t.context - array['benchmark', 'datasource_version']) as setting,
            t.context -> 'window' is not distinct from own.context -> 'window' as same_window
        from public.grids g
        join public.backtests own on own.id = g.backtest_id
        join public.grids f on f.owner = g.owner and f.family = g.family
        join public.backtests t on t.id = f.backtest_id
        join public.strategy_versions v on v.id = t.strategy_version_id
        where g.id = p_grid
    ), different as (
        select distinct on (f.setting, r.params::jsonb) r.sharpe, f.same_window
        from family f
        cross join lateral (
            select q.id, q.params, (q.stats ->> 'sharpe')::float8 as sharpe, q.finished_at
            from public.backtest_runs q where q.grid_id = f.id and q.status = 'succeeded'
            union all
            select a.run_id, a.params, a.sharpe, a.finished_at from public.archived_runs a where a.grid_id = f.id and a.status = 'succeeded'
        ) r
        order by f.setting, r.params::jsonb, r.finished_at desc, r.id
    )
    select count(*), var_samp(d.sharpe) filter (where d.same_window) / 244 from different d;
end
$$;

-- The event grid.finished: the head of the summary, told with the summary, after all that was told of the runs.
create function lianghu.tell_finished(p_grid public.grids) returns void
    language sql set search_path = ''
as $$
    insert into public.outbox (owner, body)
    select p_grid.owner, jsonb_build_object(
        'event', 'grid.finished', 'at', to_json(now()), 'owner', p_grid.owner, 'backtest_id', p_grid.backtest_id, 'grid_id', p_grid.id,
        'status', p_grid.status, 'counts', coalesce(p_grid.summary -> 'counts', '{}'), 'skipped', p_grid.skipped, 'reused', p_grid.reused,
        'verdict', p_grid.summary #> '{diagnosis,verdict}',
        'best', (
            select coalesce(jsonb_object_agg(b.key, case when json_typeof(b.value) = 'object' then jsonb_build_object(
                'run_id', b.value -> 'run_id', 'params', b.value -> 'params', 'stats', jsonb_build_object(
                    'return', b.value #> '{stats,return}', 'sharpe', b.value #> '{stats,sharpe}', 'max_dd', b.value #> '{stats,max_dd}'
                )
            ) end), '{}')
            from json_each(case json_typeof(p_grid.summary -> 'best') when 'object' then p_grid.summary -> 'best' else '{}' end) as b (key, value)
        )
    )
$$;

-- The summary, written once; asks for the full accounts of some runs. How many new blocks; -1: it was done by somebody else.
create function lianghu.finish_grid(p_grid uuid, p_attempt integer, p_summary json, p_ledgers uuid[]) returns integer
    language plpgsql security definer set search_path = ''
as $$
declare
    v_grid public.grids;
    v_run uuid;
    v_blocks integer := 0;
begin
    update public.grids g
    set summary = p_summary, best_return = (p_summary #>> '{best,return,stats,return}')::float8,
        best_sharpe = (p_summary #>> '{best,sharpe,stats,sharpe}')::float8, aggregated_at = now(), finished_at = coalesce(g.finished_at, now()),
        status = case
            when g.platform_failures > 0 then 'incomplete'
            when g.status = 'cancelled'
                or not exists (select from public.backtest_runs r where r.grid_id = g.id and r.status <> 'cancelled') then 'cancelled'
            else 'finished'
        end
    where g.id = p_grid and g.aggregate_attempt = p_attempt and g.aggregated_at is null and g.ready_at is not null
    returning g.* into v_grid;
    if not found then
        return -1;
    end if;
    if v_grid.mode = 'grid' then
        perform lianghu.tell_finished(v_grid);
    end if;
    foreach v_run in array p_ledgers loop
        -- Nobody waits for these yet, so whatever somebody waits for goes first.
        if exists (select from public.backtest_runs r where r.id = v_run and r.grid_id = p_grid)
            and lianghu.add_ledger(v_run, 9::smallint) then
            v_blocks := v_blocks + 1;
        end if;
    end loop;
    return v_blocks;
end
$$;

call lianghu.hand_over_functions();
grant execute on function
    lianghu.claim_aggregate, lianghu.ended_runs, lianghu.extend_aggregate, lianghu.release_aggregate, lianghu.count_trials, lianghu.finish_grid
    to lianghu_worker;
