-- The life of a job: what planner and worker may change, and when. Each function is one transaction.
-- Work is leased: a claim carries an attempt number, and whatever comes back with an old number changes nothing.

create function lianghu.attempts() returns integer language sql immutable as $$ select 3 $$;

-- Exponential, with jitter: 2 to 4 seconds after the first attempt, 4 to 8 after the second.
create function lianghu.backoff(p_attempt integer) returns float8
    language sql volatile set search_path = ''
    as $$ select power(2, p_attempt) * (1 + random()) $$;

-- Whether a submission has blocks that wait for its panel.
create function lianghu.wants_panel(p_grid public.grids) returns boolean
    language sql stable set search_path = ''
as $$
    select p_grid.planned_at is null
        and exists (select from public.run_blocks b where b.grid_id = p_grid.id and b.status = 'waiting')
$$;

-- A planner takes a submission whose panel is not ready.
-- `doubted`: a worker could not use what is stored.
create function lianghu.claim_plan(p_grid uuid, p_lease float8)
    returns table (grid_id uuid, panel jsonb, attempt integer, doubted boolean)
    language sql security definer set search_path = ''
as $$
    update public.grids g set plan_attempt = g.plan_attempt + 1, plan_lease = now() + make_interval(secs => p_lease)
    where g.id = p_grid and lianghu.wants_panel(g) and (g.plan_lease is null or g.plan_lease < now()) and g.plan_attempt < g.plan_limit
    returning g.id, g.panel, g.plan_attempt, g.panel_lost_at is not null
$$;

create function lianghu.extend_plan(p_grid uuid, p_attempt integer, p_lease float8) returns boolean
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.grids g set plan_lease = now() + make_interval(secs => p_lease)
    where g.id = p_grid and g.plan_attempt = p_attempt and lianghu.wants_panel(g);
    return found;
end
$$;

-- The panel is there: the submission's blocks are open to the workers. How many.
create function lianghu.panel_ready(p_grid uuid, p_panel_key text) returns integer
    language plpgsql security definer set search_path = ''
as $$
declare
    v_blocks integer;
begin
    update public.run_blocks b set status = 'ready', not_before = now() where b.grid_id = p_grid and b.status = 'waiting';
    get diagnostics v_blocks = row_count;
    update public.grids g set planned_at = now(), panel_key = p_panel_key where g.id = p_grid and g.planned_at is null;
    return v_blocks;
end
$$;

create function lianghu.plan_failed(p_grid uuid, p_attempt integer, p_error jsonb, p_retriable boolean)
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

-- A block is given up, and with it the runs that it should have decided; true: the grid is ready to be aggregated.
create function lianghu.fail_block(p_block public.run_blocks, p_error jsonb, p_platform boolean) returns boolean
    language plpgsql set search_path = ''
as $$
declare
    v_runs uuid[];
begin
    update public.run_blocks b set status = 'failed', error = p_error, finished_at = now(), lease_until = null where b.id = p_block.id;
    if not p_block.decides then
        return false;
    end if;
    with ended as (
        update public.backtest_runs r set status = 'failed', error = p_error, finished_at = now()
        where r.grid_id = p_block.grid_id and r.position >= p_block.first_position and r.position < p_block.last_position
            and r.status in ('queued', 'running')
        returning r.id, r.position
    )
    select coalesce(array_agg(e.id order by e.position), '{}') into v_runs from ended e;
    perform lianghu.emit(
        p_block.grid_id, 'failed', v_runs,
        jsonb_build_object('errors', (select coalesce(jsonb_object_agg(id::text, p_error), '{}') from unnest(v_runs) as id))
    );
    return lianghu.close_blocks(p_block.grid_id, 1, case when p_platform then 1 else 0 end);
end
$$;

-- Blocks whose worker fell silent: to be claimed again, or given up after the last attempt. How many.
create function lianghu.expire_leases() returns integer
    language plpgsql set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_expired integer := 0;
begin
    for v_block in
        select * from public.run_blocks b where b.status = 'leased' and b.lease_until < now()
        order by b.lease_until limit 100 for update skip locked
    loop
        v_expired := v_expired + 1;
        if v_block.attempt < lianghu.attempts() then
            update public.run_blocks b set status = 'ready', lease_until = null, not_before = now() where b.id = v_block.id;
        else
            perform lianghu.fail_block(v_block, jsonb_build_object(
                'code', 'INTERNAL_ERROR', 'message', format('the worker fell silent in %s attempts', v_block.attempt),
                'details', jsonb_build_object('attempts', v_block.attempt)
            ), true);
        end if;
    end loop;
    return v_expired;
end
$$;

-- The next block for a worker of this engine: of the owner with the fewest running blocks (then: who waits longest since the last
-- claim), by priority, by age.
create function lianghu.claim_block(p_worker text, p_engine_version text, p_lease float8)
    returns table (
        block_id bigint, attempt integer, kind text, grid_id uuid, owner uuid, panel_key text, strategy_kind text, source text,
        context jsonb, run_ids uuid[], combinations json, request_id text
    )
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid;
    v_block public.run_blocks;
    v_runs uuid[];
    v_params json;
begin
    perform lianghu.expire_leases();
    for v_owner in
        with recursive waiting (owner) as (
            (
                select b.owner from public.run_blocks b
                where b.status = 'ready' and b.engine_version = p_engine_version order by b.owner limit 1
            )
            union all
            select (
                select b.owner from public.run_blocks b
                where b.status = 'ready' and b.engine_version = p_engine_version and b.owner > w.owner order by b.owner limit 1
            )
            from waiting w where w.owner is not null
        )
        select w.owner from waiting w where w.owner is not null
        order by
            (select count(*) from public.run_blocks b where b.owner = w.owner and b.status = 'leased'),
            (select max(b.claimed_at) from public.run_blocks b where b.owner = w.owner) nulls first,
            w.owner
    loop
        select * into v_block from public.run_blocks b
        where b.status = 'ready' and b.engine_version = p_engine_version and b.owner = v_owner and b.not_before <= now()
        order by b.priority, b.id limit 1 for update skip locked;
        continue when not found;
        if v_block.decides then
            update public.backtest_runs r
            set status = 'running', started_at = coalesce(r.started_at, now()), attempt = v_block.attempt + 1
            where r.grid_id = v_block.grid_id and r.position >= v_block.first_position and r.position < v_block.last_position
                and r.status in ('queued', 'running');
        end if;
        select coalesce(array_agg(r.id order by r.position), '{}'), coalesce(json_agg(r.params order by r.position), '[]')
        into v_runs, v_params
        from public.backtest_runs r
        where r.grid_id = v_block.grid_id and r.position >= v_block.first_position and r.position < v_block.last_position
            and r.status = case when v_block.decides then 'running' else 'succeeded' end;
        update public.run_blocks b
        set status = 'leased', attempt = b.attempt + 1, worker = p_worker, progress = 0, claimed_at = clock_timestamp(),
            lease_until = clock_timestamp() + make_interval(secs => p_lease)
        where b.id = v_block.id;
        if v_block.decides then
            update public.grids g set status = 'running', started_at = now() where g.id = v_block.grid_id and g.status = 'queued';
            if v_block.attempt = 0 then
                perform lianghu.emit(v_block.grid_id, 'started', v_runs);
            end if;
        end if;
        return query
            select
                v_block.id, v_block.attempt + 1, v_block.kind, v_block.grid_id, v_block.owner, g.panel_key, s.kind, v.source,
                t.context, v_runs, v_params, g.request_id
            from public.grids g
            join public.backtests t on t.id = g.backtest_id
            join public.strategy_versions v on v.id = t.strategy_version_id
            join public.strategies s on s.id = v.strategy_id
            where g.id = v_block.grid_id;
        return;
    end loop;
end
$$;

-- Compute time beyond the budget: of completed blocks and, so far, of the running ones.
create function lianghu.is_over_budget(p_grid uuid) returns boolean
    language sql stable set search_path = ''
as $$
    select coalesce((
        select g.spent_ms + coalesce((
            select sum(extract(epoch from clock_timestamp() - b.claimed_at) * 1000) from public.run_blocks b
            where b.grid_id = g.id and b.decides and b.status = 'leased'
        ), 0) > g.budget_ms
        from public.grids g where g.id = p_grid and g.budget_ms is not null
    ), false)
$$;

-- Ends what a submission may not compute any more; true: it is ready to be aggregated.
create function lianghu.enforce_budget(p_grid uuid) returns boolean
    language plpgsql security definer set search_path = ''
as $$
begin
    if lianghu.is_over_budget(p_grid) then
        perform lianghu.cancel_rest(p_grid, 'budget');
    end if;
    return exists (select from public.grids g where g.id = p_grid and g.ready_at is not null and g.aggregated_at is null);
end
$$;

-- Still mine? Writes only when a third of the lease is gone or there is progress to note, so a worker may ask every second.
create function lianghu.heartbeat(p_block bigint, p_attempt integer, p_progress integer, p_lease float8) returns boolean
    language plpgsql security definer set search_path = ''
as $$
declare
    v_block public.run_blocks;
begin
    select * into v_block from public.run_blocks b where b.id = p_block and b.attempt = p_attempt and b.status = 'leased';
    if not found then
        return false;
    end if;
    if lianghu.is_over_budget(v_block.grid_id) then
        perform lianghu.cancel_rest(v_block.grid_id, 'budget');
        return false;
    end if;
    if p_progress <= v_block.progress and v_block.lease_until > now() + make_interval(secs => p_lease * 2 / 3) then
        return true;
    end if;
    update public.run_blocks b
    set progress = greatest(b.progress, p_progress), lease_until = now() + make_interval(secs => p_lease)
    where b.id = p_block and b.attempt = p_attempt and b.status = 'leased';
    if found and v_block.kind = 'ledgers' and v_block.decides and p_progress > v_block.progress then
        perform lianghu.emit(v_block.grid_id, 'progress', (
            select array_agg(r.id) from public.backtest_runs r
            where r.grid_id = v_block.grid_id and r.position = v_block.first_position
        ), jsonb_build_object('percent', p_progress));
    end if;
    return found;
end
$$;

-- Results of a block: [{run_id, stats, content_hash, artifacts, error}]. Runs that were cancelled meanwhile stay so.
create function lianghu.complete_block(p_block bigint, p_attempt integer, p_results jsonb)
    returns table (accepted boolean, ready_to_aggregate boolean, over_budget boolean)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_succeeded uuid[];
    v_errors jsonb;
    v_failed uuid[];
    v_ready boolean;
begin
    update public.run_blocks b set status = 'done', progress = 100, finished_at = now(), lease_until = null, error = null
    where b.id = p_block and b.attempt = p_attempt and b.status = 'leased'
    returning * into v_block;
    if not found then
        return query select false, false, false;
        return;
    end if;
    if not v_block.decides then
        perform lianghu.add_artifacts(v_block, p_results);
        return query select true, false, false;
        return;
    end if;
    with reported as (
        select * from jsonb_to_recordset(p_results) as r (run_id uuid, stats jsonb, content_hash text, artifacts jsonb, error jsonb)
    ), ended as (
        update public.backtest_runs r
        set status = case when p.run_id is null or p.error is not null then 'failed' else 'succeeded' end,
            stats = p.stats,
            content_hash = p.content_hash,
            artifacts = coalesce(p.artifacts, '{}'),
            error = case when p.run_id is null
                then '{"code": "INTERNAL_ERROR", "message": "the worker reported nothing of this run", "details": {}}'
                else p.error end,
            finished_at = now()
        from public.backtest_runs q left join reported p on p.run_id = q.id
        where r.id = q.id and q.grid_id = v_block.grid_id and q.position >= v_block.first_position
            and q.position < v_block.last_position and r.status in ('queued', 'running')
        returning r.id, r.position, r.status, r.error
    )
    select
        coalesce(array_agg(e.id order by e.position) filter (where e.status = 'succeeded'), '{}'),
        coalesce(array_agg(e.id order by e.position) filter (where e.status = 'failed'), '{}'),
        coalesce(jsonb_object_agg(e.id::text, e.error) filter (where e.status = 'failed'), '{}')
    into v_succeeded, v_failed, v_errors
    from ended e;
    perform lianghu.note_curves(p_results);
    perform lianghu.note_artifacts(p_results);
    perform lianghu.emit(v_block.grid_id, 'succeeded', v_succeeded);
    perform lianghu.emit(v_block.grid_id, 'failed', v_failed, jsonb_build_object('errors', v_errors));
    v_ready := lianghu.close_blocks(
        v_block.grid_id, 1, p_spent_ms => (extract(epoch from clock_timestamp() - v_block.claimed_at) * 1000)::bigint
    );
    -- Ending the rest would take locks in the wrong order here: the worker asks for it in a transaction of its own.
    return query select true, v_ready, not v_ready and lianghu.is_over_budget(v_block.grid_id);
end
$$;

-- Files of runs that had succeeded. Another content hash means that the same inputs gave another result: that must be seen, not stored.
create function lianghu.add_artifacts(p_block public.run_blocks, p_results jsonb) returns void
    language plpgsql set search_path = ''
as $$
declare
    v_added integer;
begin
    update public.backtest_runs r set artifacts = r.artifacts || p.artifacts
    from jsonb_to_recordset(p_results) as p (run_id uuid, content_hash text, artifacts jsonb, error jsonb)
    where r.id = p.run_id and r.grid_id = p_block.grid_id and r.status = 'succeeded' and p.error is null
        and r.content_hash = p.content_hash;
    get diagnostics v_added = row_count;
    perform lianghu.note_artifacts(p_results);
    perform lianghu.note_curves(p_results);
    if v_added < jsonb_array_length(p_results) then
        update public.run_blocks b set status = 'failed', error = coalesce(
            (select p.error from jsonb_to_recordset(p_results) as p (error jsonb) where p.error is not null limit 1),
            '{"code": "INTERNAL_ERROR", "message": "computing the run again gave another result", "details": {}}'
        )
        where b.id = p_block.id;
    end if;
end
$$;

-- A worker gives a block back with the reason.
create function lianghu.release_block(p_block bigint, p_attempt integer, p_error jsonb, p_retriable boolean)
    returns table (outcome text, delay float8, ready_to_aggregate boolean)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_delay float8 := lianghu.backoff(p_attempt);
begin
    select * into v_block from public.run_blocks b where b.id = p_block and b.attempt = p_attempt and b.status = 'leased' for update;
    if not found then
        return query select 'lost', 0::float8, false;
    elsif p_retriable and p_attempt < lianghu.attempts() then
        update public.run_blocks b
        set status = 'ready', lease_until = null, error = p_error, not_before = now() + make_interval(secs => v_delay)
        where b.id = p_block;
        return query select 'retry', v_delay, false;
    else
        return query select 'failed', 0::float8, lianghu.fail_block(v_block, p_error, p_retriable);
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
