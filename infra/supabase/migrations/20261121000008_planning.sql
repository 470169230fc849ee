-- A submission's panel: who makes it, what happens when that fails, or when a panel is lost later. Each function is one transaction.
-- Work is leased: a claim carries an attempt number, and whatever comes back with an old number changes nothing.

create function lianghu.attempts() returns integer language sql immutable as $$ select 3 $$;

-- Exponential, with jitter: 2 to 4 seconds after the first attempt, 4 to 8 after the second. Who has no time to wait, as tests have not,
-- sets `lianghu.backoff_seconds` for the database: the part of a second that stands for one.
create function lianghu.backoff(p_attempt integer) returns float8
    language sql volatile set search_path = ''
as $$
    select power(2, p_attempt) * (1 + random()) * coalesce(nullif(current_setting('lianghu.backoff_seconds', true), '')::float8, 1)
$$;

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
    returns table (grid_id uuid, owner uuid, request_id text, panel jsonb, attempt integer, doubted boolean)
    language sql security definer set search_path = ''
as $$
    update public.grids g set plan_attempt = g.plan_attempt + 1, plan_lease = now() + make_interval(secs => p_lease)
    where g.id = p_grid and lianghu.wants_panel(g) and (g.plan_lease is null or g.plan_lease < now()) and g.plan_attempt < g.plan_limit
    returning g.id, g.owner, g.request_id, g.panel, g.plan_attempt, g.panel_lost_at is not null
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
    -- In the order of panel_lost: what somebody gives back in this moment is seen by the next statement, and by nobody after it.
    perform 1 from public.run_blocks b
    where b.grid_id = p_grid and b.status in ('waiting', 'ready', 'leased') order by b.id for update;
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
    perform 1 from public.run_blocks b where b.grid_id = p_grid order by b.id for update;
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
        v_ready := lianghu.advance_frontier(p_grid) or v_ready;
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
    perform lianghu.change_places(p_block, p_attempt);
    select * into v_block from public.run_blocks b where b.id = p_block and b.attempt = p_attempt and b.status = 'leased';
    if found then
        v_block := lianghu.leave_block(v_block);
    end if;
    if v_block.id is null or v_block.lease_until is not null then  -- or a second attempt goes on
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

call lianghu.hand_over_functions();
grant execute on function
    lianghu.claim_plan, lianghu.extend_plan, lianghu.panel_ready, lianghu.plan_failed, lianghu.panel_lost
    to lianghu_worker;
