-- The sweeper: it heals what got stuck, forgets what is old, and buries what was given up.

-- A summary in the shape of functions/jobs/summary.py, of counts alone.
create function lianghu.plain_summary(p_grid public.grids) returns json
    language sql stable set search_path = ''
as $$
    select json_build_object(
        'counts', (
            select json_object_agg(c.status, c.runs order by c.status) from (
                select r.status, count(*) as runs from public.backtest_runs r where r.grid_id = p_grid.id group by r.status
            ) c
        ),
        'skipped', p_grid.skipped,
        'best', json_build_object('return', null, 'sharpe', null),
        'errors', json_build_array(json_build_object(
            'code', 'INTERNAL_ERROR', 'message', format('the aggregator fell silent in %s attempts', p_grid.aggregate_attempt), 'runs', 0
        ))
    )
$$;

-- A time that is no further ahead than this; null stays null.
create function lianghu.at_most(p_time timestamptz, p_ahead interval) returns timestamptz
    language sql stable set search_path = ''
    as $$ select case when p_time > now() + p_ahead then now() + p_ahead else p_time end $$;

-- A clock that went back leaves times behind that are hours ahead, and would keep what a dead process held until the clock is there again.
-- No lease, pause or delay is longer than five minutes, and nothing was planned in the future. (Whoever lives prolongs a lease that is cut.)
create function lianghu.bring_times_back() returns void
    language sql set search_path = ''
as $$
    update public.run_blocks b set lease_until = now() + interval '5 minutes'
    where b.status = 'leased' and b.lease_until > now() + interval '5 minutes';
    update public.run_blocks b set not_before = now() + interval '5 minutes'
    where b.status = 'ready' and b.not_before > now() + interval '5 minutes';
    update public.grids g
    set plan_lease = lianghu.at_most(g.plan_lease, '5 minutes'), planned_at = lianghu.at_most(g.planned_at, '0'),
        aggregate_lease = lianghu.at_most(g.aggregate_lease, '5 minutes')
    where g.aggregated_at is null and greatest(g.plan_lease, g.planned_at, g.aggregate_lease) > now() + interval '5 minutes';
    update public.outbox o set taken_until = now() where o.published_at is null and o.taken_until > now() + interval '5 minutes'
$$;

-- Heals what got stuck, forgets what is old, and says which bells to ring: for whatever waits (a bell too many changes nothing), and
-- for the moment at which a lease ends, should its holder have died. What there is no time for is left to the next sweep.
create function lianghu.sweep(p_engine_version text) returns table (queue text, grid_id uuid, count integer, delay float8)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_id uuid;
    v_grid public.grids;
    v_block public.run_blocks;
begin
    -- Budgets and early stops wait for locks on blocks, so they come before anything here holds a lock on a grid.
    for v_id in select g.id from public.grids g where g.budget_ms is not null and g.ready_at is null order by g.id loop
        exit when not lianghu.has_time();
        perform lianghu.enforce_budget(v_id);
    end loop;
    for v_id in select g.id from public.grids g where g.early_stop is not null and g.ready_at is null order by g.id loop
        exit when not lianghu.has_time();
        perform lianghu.advance_frontier(v_id);
    end loop;
    perform lianghu.bring_times_back();
    loop
        exit when lianghu.expire_leases() = 0 or not lianghu.has_time();
    end loop;
    for v_grid in
        select g.* from public.grids g
        where g.id in (select b.grid_id from public.run_blocks b where b.status = 'waiting')
            and g.planned_at is null and g.plan_attempt >= g.plan_limit and g.plan_lease < now()
    loop
        exit when not lianghu.has_time();
        perform lianghu.plan_failed(v_grid.id, v_grid.plan_attempt, jsonb_build_object(
            'code', 'INTERNAL_ERROR', 'message', format('the planner fell silent in %s attempts', lianghu.attempts()),
            'details', jsonb_build_object('attempts', lianghu.attempts())
        ), true);
    end loop;
    -- An account that was asked for in the moment in which its panel came: nobody else opens it.
    update public.run_blocks b set status = 'ready', not_before = now() where b.id in (
        select o.id from public.run_blocks o join public.grids g on g.id = o.grid_id
        where o.status = 'waiting' and g.planned_at < now() - interval '10 seconds'
        for update of o skip locked
    );
    -- Blocks that wait for an engine that was replaced. Files of finished runs may come from any engine, because they must reproduce the
    -- content hash; results may not.
    update public.run_blocks b set engine_version = p_engine_version
    where b.status = 'ready' and not b.decides and b.engine_version <> p_engine_version;
    for v_block in
        select * from public.run_blocks b
        where b.status = 'ready' and b.decides and b.engine_version <> p_engine_version and b.not_before < now() - interval '15 minutes'
        order by b.id limit 1000 for update skip locked
    loop
        exit when not lianghu.has_time();
        perform lianghu.fail_block(v_block, jsonb_build_object(
            'code', 'INTERNAL_ERROR', 'message', 'the engine was replaced by another version before this was computed; submit it again',
            'details', jsonb_build_object('engine_version', v_block.engine_version)
        ), true);
    end loop;
    -- Aggregators died in every attempt, even in the one that only sums up: what is known without reading a single result is written.
    for v_grid in
        select * from public.grids g
        where g.ready_at is not null and g.aggregated_at is null and g.aggregate_attempt > lianghu.attempts() and g.aggregate_lease < now()
    loop
        perform lianghu.finish_grid(v_grid.id, v_grid.aggregate_attempt, lianghu.plain_summary(v_grid), '{}');
    end loop;
    delete from public.idempotency i where i.created_at < now() - interval '24 hours';
    delete from public.rate_limits l where l.window_start < now() - interval '1 day';
    delete from public.outbox o where o.created_at < now() - interval '30 days';

    return query
        select 'plan', g.id, 1, greatest(0, extract(epoch from g.plan_lease - now()))::float8
        from public.grids g
        where g.id in (select b.grid_id from public.run_blocks b where b.status = 'waiting') and g.planned_at is null
        order by g.created_at limit 1000;
    return query
        select 'block', b.grid_id, least(count(*), 1000)::integer, greatest(0, extract(epoch from min(b.not_before) - now()))::float8
        from public.run_blocks b where b.status = 'ready' group by b.grid_id order by min(b.id) limit 1000;
    return query
        select 'block', b.grid_id, least(count(*), 1000)::integer, greatest(0, extract(epoch from max(b.lease_until) - now()))::float8
        from public.run_blocks b where b.status = 'leased' group by b.grid_id order by min(b.id) limit 1000;
    return query
        select 'aggregate', g.id, 1, greatest(0, extract(epoch from g.aggregate_lease - now()))::float8
        from public.grids g where g.aggregated_at is null and g.ready_at is not null
        order by g.ready_at limit 1000;
end
$$;

-- Blocks that were given up, whoever gave them up, and that nobody has buried yet.
create function lianghu.dead_blocks(p_limit integer) returns table (block_id bigint, grid_id uuid, error jsonb)
    language sql stable security definer set search_path = ''
as $$
    select b.id, b.grid_id, b.error from public.run_blocks b
    where b.status = 'failed' and b.attempt > 0 and b.buried_at is null
    order by b.id limit p_limit
$$;

create function lianghu.mark_buried(p_blocks bigint[]) returns void
    language sql security definer set search_path = ''
    as $$ update public.run_blocks b set buried_at = now() where b.id = any (p_blocks) $$;

call lianghu.hand_over_functions();
grant execute on function lianghu.sweep, lianghu.dead_blocks, lianghu.mark_buried to lianghu_worker;
