-- A leased block: kept, completed, given back or given up; and what its submission may spend.

-- Compute time beyond the budget: of completed blocks and, so far, of the running ones.
create function lianghu.is_over_budget(p_grid uuid) returns boolean
    language sql stable set search_path = ''
as $$
    select coalesce((
        select g.spent_ms + coalesce((
            select sum(b.spent_ms) from public.run_blocks b where b.grid_id = g.id and b.decides and b.status = 'leased'
        ), 0) > g.budget_ms
        from public.grids g where g.id = p_grid and g.budget_ms is not null
    ), false)
$$;

-- Ends what a submission over its budget has not begun; true: it is ready to be aggregated. Who computes for it hears of the budget by the
-- next heartbeat, and reports what is finished.
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

-- Still mine? 'kept', 'lost' (stop: somebody else has it, or nobody wants it), 'budget' (stop, and report what is finished; the lease is
-- kept meanwhile). Writes only when a third of the lease is gone, there is progress to note or a budget to watch, so a worker may ask every
-- second. `p_spent_ms`: how long this attempt has computed.
create function lianghu.heartbeat(p_block bigint, p_attempt integer, p_progress integer, p_lease float8, p_spent_ms bigint) returns text
    language plpgsql security definer set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_has_budget boolean;
    v_tells boolean;
begin
    select * into v_block from public.run_blocks b where b.id = p_block and b.attempt = p_attempt and b.status = 'leased';
    if not found then
        return lianghu.keep_second(p_block, p_attempt, p_progress, p_lease, p_spent_ms);
    end if;
    v_has_budget := v_block.decides and exists (select from public.grids g where g.id = v_block.grid_id and g.budget_ms is not null);
    if p_progress <= v_block.progress and not v_has_budget and v_block.lease_until > now() + make_interval(secs => p_lease * 2 / 3) then
        return 'kept';
    end if;
    v_tells := v_block.kind = 'ledgers' and v_block.decides and p_progress > v_block.told_progress;
    update public.run_blocks b
    set progress = greatest(b.progress, p_progress), told_progress = case when v_tells then p_progress else b.told_progress end,
        spent_ms = p_spent_ms, lease_until = now() + make_interval(secs => p_lease)
    where b.id = p_block and b.attempt = p_attempt and b.status = 'leased';
    if not found then
        return lianghu.keep_second(p_block, p_attempt, p_progress, p_lease, p_spent_ms);
    end if;
    if v_tells then
        perform lianghu.emit(v_block.grid_id, 'progress', (
            select array_agg(r.id) from public.backtest_runs r
            where r.grid_id = v_block.grid_id and r.position = v_block.first_position
        ), jsonb_build_object('percent', p_progress));
    end if;
    return case when v_has_budget and lianghu.is_over_budget(v_block.grid_id) then 'budget' else 'kept' end;
end
$$;

-- Results of a block: [{run_id, stats, content_hash, artifacts, error, partial, files, curve}]. Runs that were cancelled meanwhile stay so.
-- Those that are missing or partial were left unfinished for `p_unfinished` (a reason, as of cancel_rest); without one, the worker forgot them.
-- `held`: early_stop lets them end in their order, so advance_frontier is due. Like ending the rest of a submission over its budget, it
-- would take locks in the wrong order here: the worker asks for it in a transaction of its own.
create function lianghu.complete_block(p_block bigint, p_attempt integer, p_results jsonb, p_spent_ms bigint, p_unfinished text default null)
    returns table (accepted boolean, ready_to_aggregate boolean, held boolean, over_budget boolean)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_held boolean;
    v_ready boolean;
begin
    update public.run_blocks b
    set status = 'done', progress = 100, spent_ms = p_spent_ms, finished_at = now(), lease_until = null, error = null
    where b.id = p_block and b.attempt = p_attempt and b.status = 'leased'
    returning * into v_block;
    if not found then
        if lianghu.change_places(p_block, p_attempt) then
            return query select * from lianghu.complete_block(p_block, p_attempt, p_results, p_spent_ms, p_unfinished);
        else
            return query select false, false, false, false;
        end if;
        return;
    end if;
    if not v_block.decides then
        perform lianghu.add_artifacts(v_block, p_results);
        return query select true, false, false, false;
        return;
    end if;
    v_held := lianghu.hold_block(v_block, jsonb_build_object('results', p_results, 'unfinished', p_unfinished));
    if not v_held then
        perform lianghu.end_runs(v_block, p_results, p_unfinished);
    end if;
    v_ready := lianghu.close_blocks(v_block.grid_id, case when v_held then 0 else 1 end, p_spent_ms => p_spent_ms);
    return query select true, v_ready, v_held, not v_ready and lianghu.is_over_budget(v_block.grid_id);
end
$$;

-- A deciding block's runs end as its worker reported.
create function lianghu.end_runs(p_block public.run_blocks, p_results jsonb, p_unfinished text) returns void
    language plpgsql set search_path = ''
as $$
declare
    v_succeeded uuid[];
    v_errors jsonb;
    v_failed uuid[];
    v_cancelled uuid[];
begin
    with reported as (
        select p.*, not coalesce(p.partial, false) as whole from jsonb_to_recordset(p_results)
            as p (run_id uuid, stats jsonb, content_hash text, artifacts jsonb, error jsonb, partial boolean)
    ), ended as (
        update public.backtest_runs r
        set status = case
                when p.whole and p.error is null then 'succeeded'
                when p.error is null and p_unfinished is not null then 'cancelled'
                else 'failed'
            end,
            stats = case when p.whole then p.stats end,
            content_hash = case when p.whole then p.content_hash end,
            artifacts = coalesce(p.artifacts, '{}'),
            error = case
                when p.error is not null or p.whole then p.error
                when p_unfinished is not null then lianghu.cancelled_for(p_unfinished)
                else '{"code": "INTERNAL_ERROR", "message": "the worker reported nothing of this run", "details": {}}'
            end,
            finished_at = now()
        from public.backtest_runs q left join reported p on p.run_id = q.id
        where r.id = q.id and q.grid_id = p_block.grid_id and q.position >= p_block.first_position
            and q.position < p_block.last_position and r.status in ('queued', 'running')
        returning r.id, r.position, r.status, r.error
    )
    select
        coalesce(array_agg(e.id order by e.position) filter (where e.status = 'succeeded'), '{}'),
        coalesce(array_agg(e.id order by e.position) filter (where e.status = 'failed'), '{}'),
        coalesce(jsonb_object_agg(e.id::text, e.error) filter (where e.status = 'failed'), '{}'),
        coalesce(array_agg(e.id order by e.position) filter (where e.status = 'cancelled'), '{}')
    into v_succeeded, v_failed, v_errors, v_cancelled
    from ended e;
    perform lianghu.note_curves(p_results);
    perform lianghu.note_artifacts(p_results);
    perform lianghu.emit(p_block.grid_id, 'succeeded', v_succeeded);
    perform lianghu.emit(p_block.grid_id, 'failed', v_failed, jsonb_build_object('errors', v_errors));
    perform lianghu.emit(p_block.grid_id, 'cancelled', v_cancelled, jsonb_build_object('reason', p_unfinished));
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

-- A block is given up, and with it the runs that it should have decided; true: the grid is ready to be aggregated.
create function lianghu.fail_block(p_block public.run_blocks, p_error jsonb, p_platform boolean) returns boolean
    language plpgsql set search_path = ''
as $$
begin
    update public.run_blocks b set status = 'failed', error = p_error, finished_at = now(), lease_until = null where b.id = p_block.id;
    if not p_block.decides or lianghu.hold_block(p_block, jsonb_build_object('error', p_error, 'platform', p_platform)) then
        return false;
    end if;
    perform lianghu.fail_runs(p_block, p_error);
    return lianghu.close_blocks(p_block.grid_id, 1, case when p_platform then 1 else 0 end);
end
$$;

create function lianghu.fail_runs(p_block public.run_blocks, p_error jsonb) returns integer
    language plpgsql set search_path = ''
as $$
declare
    v_runs uuid[];
begin
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
    return cardinality(v_runs);
end
$$;

-- A worker gives a block back with the reason. 'lost': it had it no more, or another attempt goes on.
create function lianghu.release_block(p_block bigint, p_attempt integer, p_error jsonb, p_retriable boolean)
    returns table (outcome text, delay float8, ready_to_aggregate boolean)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_delay float8 := lianghu.backoff(p_attempt);
begin
    perform lianghu.change_places(p_block, p_attempt);
    select * into v_block from public.run_blocks b where b.id = p_block and b.attempt = p_attempt and b.status = 'leased' for update;
    if found and p_retriable then
        v_block := lianghu.leave_block(v_block);
    end if;
    if v_block.id is null or (p_retriable and v_block.lease_until is not null) then
        return query select 'lost', 0::float8, false;
    elsif p_retriable and v_block.attempt < lianghu.attempts() then
        update public.run_blocks b
        set status = 'ready', lease_until = null, error = p_error, not_before = now() + make_interval(secs => v_delay)
        where b.id = p_block;
        return query select 'retry', v_delay, false;
    else
        return query select 'failed', 0::float8, lianghu.fail_block(v_block, p_error, p_retriable);
    end if;
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.enforce_budget, lianghu.heartbeat, lianghu.complete_block, lianghu.release_block to lianghu_worker;
