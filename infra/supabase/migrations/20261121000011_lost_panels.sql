-- A panel that a worker cannot use, because the store lost or damaged it or another version of the program wrote it: the submission goes
-- back to the planner, its blocks wait meanwhile, and what was computed stays. Grids that have ended come here, too, when somebody asks
-- for one more account of theirs.

alter table public.grids
    -- Attempts to plan never begin again at 1, because an old number must never fit: only so many are allowed in all.
    add column plan_limit integer not null default 3,
    add column panel_losses integer not null default 0,
    add column panel_lost_at timestamptz;

grant update (plan_limit, panel_losses, panel_lost_at) on public.grids to lianghu_states;

drop index public.grids_to_plan;
create index run_blocks_waiting on public.run_blocks (grid_id) where status = 'waiting';

-- One account of a run at a time, also while its panel is made anew.
drop index public.run_blocks_one_ledger;
create unique index run_blocks_one_ledger on public.run_blocks (grid_id, first_position)
    where not decides and status in ('waiting', 'ready', 'leased');

-- Whether a submission has blocks that wait for its panel.
create function lianghu.wants_panel(p_grid public.grids) returns boolean
    language sql stable set search_path = ''
as $$
    select p_grid.planned_at is null
        and exists (select from public.run_blocks b where b.grid_id = p_grid.id and b.status = 'waiting')
$$;

-- `doubted`: a worker could not use what is stored.
drop function lianghu.claim_plan(uuid, float8);
create function lianghu.claim_plan(p_grid uuid, p_lease float8)
    returns table (grid_id uuid, panel jsonb, attempt integer, doubted boolean)
    language sql security definer set search_path = ''
as $$
    update public.grids g set plan_attempt = g.plan_attempt + 1, plan_lease = now() + make_interval(secs => p_lease)
    where g.id = p_grid and lianghu.wants_panel(g) and (g.plan_lease is null or g.plan_lease < now()) and g.plan_attempt < g.plan_limit
    returning g.id, g.panel, g.plan_attempt, g.panel_lost_at is not null
$$;

create or replace function lianghu.extend_plan(p_grid uuid, p_attempt integer, p_lease float8) returns boolean
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.grids g set plan_lease = now() + make_interval(secs => p_lease)
    where g.id = p_grid and g.plan_attempt = p_attempt and lianghu.wants_panel(g);
    return found;
end
$$;

create or replace function lianghu.plan_failed(p_grid uuid, p_attempt integer, p_error jsonb, p_retriable boolean)
    returns table (outcome text, delay float8, ready_to_aggregate boolean)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_grid public.grids;
    v_block public.run_blocks;
    v_delay float8;
    v_ready boolean := false;
begin
    perform 1 from public.run_blocks b where b.grid_id = p_grid and b.status = 'waiting' order by b.id for update;
    select * into v_grid from public.grids g where g.id = p_grid and g.plan_attempt = p_attempt and lianghu.wants_panel(g);
    if not found then
        return query select 'lost', 0::float8, false;
    elsif p_retriable and p_attempt < v_grid.plan_limit then
        v_delay := lianghu.backoff(greatest(1, lianghu.attempts() - v_grid.plan_limit + p_attempt));
        update public.grids g set plan_lease = now() + make_interval(secs => v_delay) where g.id = p_grid;
        return query select 'retry', v_delay, false;
    else
        for v_block in
            select * from public.run_blocks b where b.grid_id = p_grid and b.status = 'waiting' order by b.id
        loop
            -- Accounts that somebody asked for decide nothing, and may come last.
            v_ready := lianghu.fail_block(v_block, p_error, p_retriable) or v_ready;
        end loop;
        return query select 'failed', 0::float8, v_ready;
    end if;
end
$$;

-- A worker's block cannot be computed because its panel is not whole: 'plan' (a planner is to look at it), 'waiting' (one does already),
-- 'retry' (one did since the block was claimed), 'failed' (it was made anew several times within an hour, and is lost again), 'lost'.
create function lianghu.panel_lost(p_block bigint, p_attempt integer, p_error jsonb)
    returns table (outcome text, delay float8, ready_to_aggregate boolean)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_grid public.grids;
begin
    -- In the order of everybody who takes locks: blocks, then the grid. Of several workers at once each sees what the one before did.
    perform 1 from public.run_blocks b
    where b.grid_id = (select o.grid_id from public.run_blocks o where o.id = p_block) and b.status in ('waiting', 'ready', 'leased')
    order by b.id for update;
    select * into v_block from public.run_blocks b where b.id = p_block and b.attempt = p_attempt and b.status = 'leased';
    if not found then
        return query select 'lost', 0::float8, false;
        return;
    end if;
    select * into v_grid from public.grids g where g.id = v_block.grid_id for update;
    if v_grid.planned_at is null then
        update public.run_blocks b set status = 'waiting', lease_until = null, error = p_error where b.id = p_block;
        return query select 'waiting', 0::float8, false;
    elsif v_grid.planned_at > v_block.claimed_at then
        update public.run_blocks b set status = 'ready', lease_until = null, error = p_error, not_before = now() where b.id = p_block;
        return query select 'retry', 0::float8, false;
    elsif v_grid.panel_losses >= lianghu.attempts() and v_grid.panel_lost_at > now() - interval '1 hour' then
        return query select 'failed', 0::float8, lianghu.fail_block(v_block, p_error, true);
    else
        update public.run_blocks b set status = 'waiting', lease_until = null, error = p_error
        where b.id = p_block or (b.grid_id = v_grid.id and b.status = 'ready');
        update public.grids g
        set planned_at = null, plan_lease = null, plan_limit = g.plan_attempt + lianghu.attempts(), panel_lost_at = now(),
            panel_losses = case when g.panel_lost_at > now() - interval '1 hour' then g.panel_losses + 1 else 1 end
        where g.id = v_grid.id;
        return query select 'plan', 0::float8, false;
    end if;
end
$$;

-- As before, but for submissions that wait for a panel anew.
create or replace function lianghu.sweep(p_engine_version text) returns table (queue text, grid_id uuid, count integer, delay float8)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_grid public.grids;
    v_block public.run_blocks;
begin
    -- Budgets wait for locks on blocks, so they come before anything here holds a lock on a grid.
    perform lianghu.enforce_budget(g.id) from public.grids g where g.budget_ms is not null and g.ready_at is null order by g.id;
    while lianghu.expire_leases() > 0 loop
    end loop;
    for v_grid in
        select g.* from public.grids g
        where g.id in (select b.grid_id from public.run_blocks b where b.status = 'waiting')
            and g.planned_at is null and g.plan_attempt >= g.plan_limit and g.plan_lease < now()
    loop
        perform lianghu.plan_failed(v_grid.id, v_grid.plan_attempt, jsonb_build_object(
            'code', 'INTERNAL_ERROR', 'message', format('the planner fell silent in %s attempts', lianghu.attempts()),
            'details', jsonb_build_object('attempts', lianghu.attempts())
        ), true);
    end loop;
    -- Blocks that wait for an engine that was replaced. Files of finished runs may come from any engine, because they must reproduce the
    -- content hash; results may not.
    update public.run_blocks b set engine_version = p_engine_version
    where b.status = 'ready' and not b.decides and b.engine_version <> p_engine_version;
    for v_block in
        select * from public.run_blocks b
        where b.status = 'ready' and b.decides and b.engine_version <> p_engine_version and b.not_before < now() - interval '15 minutes'
        order by b.id limit 1000 for update skip locked
    loop
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

revoke execute on function lianghu.wants_panel, lianghu.claim_plan, lianghu.panel_lost from public;
alter function lianghu.wants_panel owner to lianghu_states;
alter function lianghu.claim_plan owner to lianghu_states;
alter function lianghu.panel_lost owner to lianghu_states;
grant execute on function lianghu.claim_plan, lianghu.panel_lost to lianghu_worker;
