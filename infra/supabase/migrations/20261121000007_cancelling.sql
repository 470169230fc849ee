-- Cancelling, by a user or because a submission may not go on.
--
-- Locks are always taken in the order blocks, runs, grid; so cancelling, claiming and completing never wait for each other in a circle.

-- Whether a statement may begin something more. Who has much to do takes it in pieces, none lost if the next call does the rest: a statement
-- that takes 20 seconds is given up by Postgres with all that it did, and would be every time.
create function lianghu.has_time() returns boolean
    language sql volatile set search_path = ''
    as $$ select clock_timestamp() < statement_timestamp() + interval '6 seconds' $$;

-- Deciding blocks of a grid have ended: true when they were the last ones, and the grid is ready to be aggregated.
create function lianghu.close_blocks(p_grid uuid, p_blocks integer, p_platform_failures integer default 0, p_spent_ms bigint default 0)
    returns boolean
    language sql set search_path = ''
as $$
    update public.grids g
    set open_blocks = g.open_blocks - p_blocks,
        platform_failures = g.platform_failures + p_platform_failures,
        spent_ms = g.spent_ms + p_spent_ms,
        ready_at = case when g.open_blocks = p_blocks then now() else g.ready_at end
    where g.id = p_grid
    returning g.open_blocks = 0
$$;

-- What a cancelled run's owner is told: nothing that they did not ask for themselves.
create function lianghu.cancelled_for(p_reason text) returns jsonb
    language sql immutable set search_path = ''
as $$
    select case when p_reason <> 'user' then jsonb_build_object(
        'code', 'CANCELLED', 'message', 'cancelled: ' || p_reason, 'details', jsonb_build_object('reason', p_reason)
    ) end
$$;

-- Ends the runs of [p_first, p_last) that have not ended; internal. Returns how many.
create function lianghu.cancel_runs(p_grid uuid, p_first integer, p_last integer, p_reason text) returns integer
    language plpgsql set search_path = ''
as $$
declare
    v_runs uuid[];
begin
    with ended as (
        update public.backtest_runs r set status = 'cancelled', finished_at = now(), error = lianghu.cancelled_for(p_reason)
        where r.grid_id = p_grid and r.position >= p_first and r.position < p_last and r.status in ('queued', 'running')
        returning r.id, r.position
    )
    select coalesce(array_agg(e.id order by e.position), '{}') into v_runs from ended e;
    perform lianghu.emit(p_grid, 'cancelled', v_runs, jsonb_build_object('reason', p_reason));
    return cardinality(v_runs);
end
$$;

-- Ends what has not ended; internal. Returns how many runs it cancelled. Beyond a budget, who computes is left to report what is finished.
-- What is computed and waits for its turn (early_stop) has its turn then, unless an early stop is the reason.
create function lianghu.cancel_rest(p_grid uuid, p_reason text) returns integer
    language plpgsql set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_cancelled integer := 0;
    v_blocks integer := 0;
begin
    perform 1 from public.run_blocks b where b.grid_id = p_grid and b.decides order by b.id for update;
    for v_block in
        select * from public.run_blocks b
        where b.grid_id = p_grid and b.decides
            and (
                b.status in ('waiting', 'ready')
                or (b.status = 'leased' and p_reason <> 'budget')
                or (b.status = 'computed' and p_reason = 'early_stop')
            )
        order by b.id
    loop
        update public.run_blocks b set status = 'cancelled', finished_at = now(), lease_until = null where b.id = v_block.id;
        delete from public.held_results h where h.block_id = v_block.id;
        v_cancelled := v_cancelled + lianghu.cancel_runs(p_grid, v_block.first_position, v_block.last_position, p_reason);
        v_blocks := v_blocks + 1;
    end loop;
    if v_blocks > 0 then
        perform lianghu.close_blocks(p_grid, v_blocks);
    end if;
    if p_reason <> 'early_stop' then
        perform lianghu.advance_frontier(p_grid);
    end if;
    return v_cancelled;
end
$$;

-- 'cancelled' (now or before), 'finished' (too late), 'unknown'.
create function lianghu.cancel_run(p_backtest uuid, p_run uuid) returns text
    language plpgsql security definer set search_path = ''
as $$
declare
    v_run public.backtest_runs;
    v_block public.run_blocks;
begin
    perform lianghu.require_user();
    select * into v_run from public.backtest_runs r where r.id = p_run and r.backtest_id = p_backtest;
    if not found then
        return 'unknown';
    end if;
    -- All of them, because what waits for this run in a grid with early_stop may have its turn now.
    perform 1 from public.run_blocks b
    where b.grid_id = v_run.grid_id and b.decides and exists (
        select from public.grids g where g.id = v_run.grid_id and g.early_stop is not null
    )
    order by b.id for update;
    select * into v_block from public.run_blocks b
    where b.grid_id = v_run.grid_id and b.decides and b.first_position <= v_run.position and v_run.position < b.last_position
    for update;
    update public.backtest_runs r set status = 'cancelled', finished_at = now()
    where r.id = p_run and r.status in ('queued', 'running');
    if not found then
        return (select case r.status when 'cancelled' then 'cancelled' else 'finished' end from public.backtest_runs r where r.id = p_run);
    end if;
    perform lianghu.emit(v_run.grid_id, 'cancelled', array[p_run], '{"reason": "user"}');
    if v_block.status in ('waiting', 'ready', 'leased') and not exists (
        select from public.backtest_runs r
        where r.grid_id = v_run.grid_id and r.position >= v_block.first_position and r.position < v_block.last_position
            and r.status in ('queued', 'running')
    ) then
        update public.run_blocks b set status = 'cancelled', finished_at = now(), lease_until = null where b.id = v_block.id;
        perform lianghu.close_blocks(v_run.grid_id, 1);
        perform lianghu.advance_frontier(v_run.grid_id);
    end if;
    return 'cancelled';
end
$$;

create function lianghu.cancel_grid(p_grid uuid) returns text
    language plpgsql security definer set search_path = ''
as $$
begin
    perform lianghu.require_user();
    if not exists (select from public.grids g where g.id = p_grid) then
        return 'unknown';
    end if;
    if lianghu.cancel_rest(p_grid, 'user') > 0 then
        update public.grids g set status = 'cancelled', finished_at = now() where g.id = p_grid and g.status in ('queued', 'running');
        return 'cancelled';
    end if;
    -- Runs that were cancelled one by one make a cancelled grid, before it is aggregated too.
    return case when exists (select from public.grids g where g.id = p_grid and g.status = 'cancelled')
        or not exists (select from public.backtest_runs r where r.grid_id = p_grid and r.status <> 'cancelled')
        then 'cancelled' else 'finished' end;
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.cancel_run, lianghu.cancel_grid to authenticated;
