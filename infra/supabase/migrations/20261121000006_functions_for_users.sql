-- What a signed-in user can do. Every function acts for lianghu.requester(): policies hide everybody else's rows from it.
-- Errors carry PostgREST's codes: PT404, PT409, PT422 ... are HTTP's.
--
-- Locks are always taken in the order blocks, runs, grid; so cancelling, claiming and completing never wait for each other in a circle.

create function lianghu.require_user() returns uuid
    language plpgsql stable set search_path = ''
as $$
begin
    if lianghu.requester() is null then
        raise exception 'nobody is signed in' using errcode = 'PT401';
    end if;
    return lianghu.requester();
end
$$;

create function lianghu.create_backtest(p_strategy_version uuid, p_context jsonb, p_notes text) returns uuid
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_id uuid;
begin
    -- Held, so that its strategy is not deleted meanwhile.
    perform 1 from public.strategy_versions v where v.id = p_strategy_version for key share;
    if not found then
        raise exception 'there is no strategy version %', p_strategy_version using errcode = 'PT404';
    end if;
    insert into public.backtests (owner, strategy_version_id, context, notes)
    values (v_owner, p_strategy_version, p_context, p_notes)
    returning id into v_id;
    return v_id;
end
$$;

-- One event about some runs of a submission; grids tell of a block at a time.
create function lianghu.emit(p_grid uuid, p_event text, p_runs uuid[], p_details jsonb default '{}') returns void
    language sql set search_path = ''
as $$
    insert into public.outbox (owner, body)
    select g.owner, jsonb_build_object(
        'event', p_event, 'at', to_json(now()), 'owner', g.owner, 'backtest_id', g.backtest_id, 'grid_id', g.id,
        'run_ids', to_jsonb(p_runs), 'details', p_details
    )
    from public.grids g
    where g.id = p_grid and cardinality(p_runs) > 0
$$;

-- Grid, runs, blocks and events of one submission. Blocks are [first, last) of the positions, without a gap.
create function lianghu.submit(
    p_grid uuid, p_backtest uuid, p_facts jsonb, p_runs uuid[], p_params json, p_identities text[], p_firsts integer[], p_lasts integer[]
) returns void
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_runs integer := cardinality(p_runs);
    v_mode text := p_facts ->> 'mode';
begin
    if not exists (select from public.backtests b where b.id = p_backtest) then
        raise exception 'there is no backtest %', p_backtest using errcode = 'PT404';
    end if;
    if v_runs not between 1 and 10000 or json_array_length(p_params) <> v_runs or cardinality(p_identities) <> v_runs then
        raise exception 'a submission has between 1 and 10000 combinations' using errcode = 'PT422';
    end if;
    if v_mode = 'single' and v_runs <> 1 then
        raise exception 'a single run is one combination' using errcode = 'PT422';
    end if;
    if cardinality(p_firsts) is distinct from cardinality(p_lasts) or p_firsts[1] <> 0 or p_lasts[cardinality(p_lasts)] <> v_runs
        or exists (
            select from unnest(p_firsts, p_lasts) with ordinality as b (first, last, n)
            where b.first >= b.last or (b.n > 1 and b.first <> p_lasts[b.n - 1])
        )
    then
        raise exception 'the blocks do not cover the combinations' using errcode = 'PT422';
    end if;

    insert into public.grids (
        id, owner, backtest_id, mode, spec, panel, engine_version, rules_version, family, budget_ms, priority, max_evals, early_stop,
        skipped, request_id, open_blocks, runs
    ) values (
        p_grid, v_owner, p_backtest, v_mode, p_facts -> 'spec', p_facts -> 'panel', p_facts ->> 'engine_version',
        p_facts ->> 'rules_version', p_facts ->> 'family', (p_facts ->> 'budget_ms')::bigint, (p_facts ->> 'priority')::smallint,
        (p_facts ->> 'max_evals')::integer, nullif(p_facts -> 'early_stop', 'null'), (p_facts ->> 'skipped')::integer,
        p_facts ->> 'request_id', cardinality(p_firsts), v_runs
    );
    insert into public.backtest_runs (id, owner, backtest_id, grid_id, position, params, identity)
    select r.id, v_owner, p_backtest, p_grid, r.n - 1, r.params, r.identity
    from rows from (unnest(p_runs), unnest(p_identities), json_array_elements(p_params)) with ordinality as r (id, identity, params, n);
    insert into public.run_blocks (grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version)
    select
        p_grid, v_owner, case v_mode when 'single' then 'ledgers' else 'cells' end, true, b.first, b.last, 'waiting',
        (p_facts ->> 'priority')::smallint, p_facts ->> 'engine_version'
    from unnest(p_firsts, p_lasts) with ordinality as b (first, last, n)
    order by b.n;
    perform lianghu.emit(p_grid, 'enqueued', p_runs[b.first + 1:b.last])
    from unnest(p_firsts, p_lasts) with ordinality as b (first, last, n)
    order by b.n;
end
$$;

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
    end if;
    return 'cancelled';
end
$$;

-- Ends what has not ended; internal. Returns how many runs it cancelled.
create function lianghu.cancel_rest(p_grid uuid, p_reason text) returns integer
    language plpgsql set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_runs uuid[];
    v_cancelled integer := 0;
    v_blocks integer := 0;
begin
    perform 1 from public.run_blocks b where b.grid_id = p_grid and b.decides order by b.id for update;
    for v_block in
        select * from public.run_blocks b
        where b.grid_id = p_grid and b.decides and b.status in ('waiting', 'ready', 'leased') order by b.id
    loop
        update public.run_blocks b set status = 'cancelled', finished_at = now(), lease_until = null where b.id = v_block.id;
        with ended as (
            update public.backtest_runs r
            set status = 'cancelled', finished_at = now(),
                error = case when p_reason <> 'user' then jsonb_build_object(
                    'code', 'CANCELLED', 'message', 'cancelled: ' || p_reason, 'details', jsonb_build_object('reason', p_reason)
                ) end
            where r.grid_id = p_grid and r.position >= v_block.first_position and r.position < v_block.last_position
                and r.status in ('queued', 'running')
            returning r.id, r.position
        )
        select coalesce(array_agg(e.id order by e.position), '{}') into v_runs from ended e;
        perform lianghu.emit(p_grid, 'cancelled', v_runs, jsonb_build_object('reason', p_reason));
        v_cancelled := v_cancelled + cardinality(v_runs);
        v_blocks := v_blocks + 1;
    end loop;
    if v_blocks > 0 then
        perform lianghu.close_blocks(p_grid, v_blocks);
    end if;
    return v_cancelled;
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

-- Asks for the full account of a finished grid cell; true: a block was added.
create function lianghu.request_ledger(p_run uuid) returns boolean
    language plpgsql security definer set search_path = ''
as $$
declare
    v_run public.backtest_runs;
    v_last public.run_blocks;
begin
    perform lianghu.require_user();
    select * into v_run from public.backtest_runs r where r.id = p_run;
    if not found or v_run.status <> 'succeeded' or v_run.artifacts ? 'trades_path' then
        return false;
    end if;
    select * into v_last from public.run_blocks b
    where b.grid_id = v_run.grid_id and b.first_position = v_run.position and not b.decides
    order by b.id desc limit 1;
    if v_last.status = 'failed' and v_last.finished_at > now() - interval '10 minutes' then
        raise exception 'the files of this run could not be made: %', v_last.error ->> 'message' using errcode = 'PT500';
    end if;
    return lianghu.add_ledger(p_run, (
        select g.priority from public.backtest_runs r join public.grids g on g.id = r.grid_id where r.id = p_run
    ));
end
$$;

-- Asked for again with more urgency, a waiting one moves forward. Whether a bell is due.
create function lianghu.add_ledger(p_run uuid, p_priority smallint) returns boolean
    language plpgsql set search_path = ''
as $$
begin
    insert into public.run_blocks (grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version)
    select g.id, g.owner, 'ledgers', false, r.position, r.position + 1, 'ready', p_priority, g.engine_version
    from public.backtest_runs r join public.grids g on g.id = r.grid_id
    where r.id = p_run and r.status = 'succeeded' and not r.artifacts ? 'trades_path'
    on conflict (grid_id, first_position) where not decides and status in ('ready', 'leased')
        do update set priority = excluded.priority where run_blocks.priority > excluded.priority;
    return found;
end
$$;

create function lianghu.begin_idempotent(p_key uuid, p_request_hash text)
    returns table (state text, status smallint, body bytea, content_type text)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_row public.idempotency;
begin
    loop
        insert into public.idempotency (owner, key, request_hash) values (v_owner, p_key, p_request_hash) on conflict do nothing;
        if found then
            return query select 'new', null::smallint, null::bytea, null;
            return;
        end if;
        select * into v_row from public.idempotency i where i.owner = v_owner and i.key = p_key for update;
        exit when found;  -- Else the call that held the key has given it back between the two statements.
    end loop;
    -- A day has passed, or the call that took the key has died.
    if v_row.created_at < now() - interval '24 hours' or (v_row.status is null and v_row.created_at < now() - interval '1 minute') then
        update public.idempotency i set request_hash = p_request_hash, status = null, body = null, content_type = null, created_at = now()
        where i.owner = v_owner and i.key = p_key;
        return query select 'new', null::smallint, null::bytea, null;
    elsif v_row.request_hash is distinct from p_request_hash then
        return query select 'other', null::smallint, null::bytea, null;
    elsif v_row.status is null then
        return query select 'running', null::smallint, null::bytea, null;
    else
        return query select 'done', v_row.status, v_row.body, v_row.content_type;
    end if;
end
$$;

-- In the transaction of what is answered: a call that was thought dead, and whose key another one took, undoes what it did.
create function lianghu.finish_idempotent(p_key uuid, p_status integer, p_body bytea, p_content_type text) returns void
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.idempotency i set status = p_status, body = p_body, content_type = p_content_type
    where i.owner = lianghu.requester() and i.key = p_key and i.status is null;
    if not found then
        raise exception 'another call with this Idempotency-Key was faster; ask again for its answer' using errcode = 'PT409';
    end if;
end
$$;

create function lianghu.drop_idempotent(p_key uuid) returns void
    language sql security definer set search_path = ''
as $$
    delete from public.idempotency i where i.owner = lianghu.requester() and i.key = p_key and i.status is null
$$;
