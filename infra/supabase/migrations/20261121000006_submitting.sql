-- Asking for runs: a backtest, and submissions of it. A user's functions act for lianghu.requester(): policies hide everybody else's rows
-- from them. Errors carry PostgREST's codes: PT404, PT409, PT422 ... are HTTP's.

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

-- An event run.<p_event> about some runs of a submission; grids tell of a block at a time. What a bus takes at once is bounded, so more
-- than 500 runs are told of in several events, each with the errors of its own runs.
create function lianghu.emit(p_grid uuid, p_event text, p_runs uuid[], p_details jsonb default '{}') returns void
    language sql set search_path = ''
as $$
    with errors as materialized (
        -- Taken apart once: looked up for each run, ten thousand of them took longer than a statement may.
        select e.key, e.value from jsonb_each(p_details -> 'errors') e where cardinality(p_runs) > 500
    ), parts as (
        select (r.n - 1) / 500 as part, to_jsonb(array_agg(r.id order by r.n)) as runs,
            jsonb_object_agg(e.key, e.value) filter (where e.key is not null) as errors
        from unnest(p_runs) with ordinality as r (id, n)
        left join errors e on e.key = r.id::text
        group by 1
    )
    insert into public.outbox (owner, body)
    select g.owner, jsonb_build_object(
        'event', 'run.' || p_event, 'at', to_json(now()), 'owner', g.owner, 'backtest_id', g.backtest_id, 'grid_id', g.id,
        'run_ids', p.runs, 'details', case when p.errors is null then p_details else jsonb_build_object('errors', p.errors) end
    )
    from public.grids g cross join parts p
    where g.id = p_grid
    order by p.part
$$;

-- What the owner has already of what is asked for, in its order, null where there is nothing: a run that succeeded and holds what a run of
-- this mode holds. Who archives the owner's runs waits meanwhile, so that none of them is taken away before it has answered.
create function lianghu.known_runs(p_owner uuid, p_mode text, p_identities text[]) returns uuid[]
    language plpgsql set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock_shared(lianghu.reuse_lock(p_owner));
    return array(
        select k.id from unnest(p_identities) with ordinality as i (identity, n)
        left join lateral (
            select r.id from public.backtest_runs r
            where r.owner = p_owner and r.identity = i.identity and r.status = 'succeeded'
                and r.artifacts ? case p_mode when 'single' then 'trades_path' else 'cells_path' end
            limit 1
        ) k on true
        order by i.n
    );
end
$$;

-- Held in part by who answers from the owner's runs, as a whole by who takes them away.
create function lianghu.reuse_lock(p_owner uuid) returns bigint
    language sql immutable set search_path = ''
    as $$ select pg_catalog.hashtextextended('reuse ' || p_owner, 0) $$;

-- How many of so many combinations would be answered, were they submitted now.
create function lianghu.count_known(p_mode text, p_identities text[]) returns integer
    language sql security definer set search_path = ''
as $$
    select count(*)::integer from unnest(lianghu.known_runs(lianghu.require_user(), p_mode, p_identities)) as k (id) where k.id is not null
$$;

-- Grid, runs, blocks and events of one submission; how many of its runs were answered from what the owner has. The others are cut into blocks
-- [first, last) of at most `block_runs`, and where there are enough, into one for each of `workers`; what lies between them is answered.
create function lianghu.submit(p_grid uuid, p_backtest uuid, p_facts jsonb, p_runs uuid[], p_params json, p_identities text[])
    returns integer
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_runs integer := cardinality(p_runs);
    v_mode text := p_facts ->> 'mode';
    v_early_stop jsonb := nullif(p_facts -> 'early_stop', 'null');
    v_known uuid[] := array_fill(null::uuid, array[v_runs]);
    v_new integer := v_runs;
    v_size integer;
    v_panel record;
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
    if least((p_facts ->> 'block_runs')::integer, (p_facts ->> 'workers')::integer) < 1 then
        raise exception 'a block has at least one run, and is for at least one worker' using errcode = 'PT422';
    end if;

    -- Where the order of ends decides what is tried at all, everything is computed in that order.
    if (p_facts ->> 'reuse')::boolean and v_early_stop is null then
        v_known := lianghu.known_runs(v_owner, v_mode, p_identities);
        v_new := (select count(*) from unnest(v_known) as k (id) where k.id is null);
    end if;
    v_size := greatest(1, least((p_facts ->> 'block_runs')::integer, v_new / (p_facts ->> 'workers')::integer));
    -- Equal identities mean equal panels: should accounts be asked for of a submission that needs no planner, theirs is there.
    select g.panel_key, g.planned_at into v_panel
    from public.backtest_runs r join public.grids g on g.id = r.grid_id
    where v_new = 0 and r.id = v_known[1];

    insert into public.grids (
        id, owner, backtest_id, mode, spec, panel, engine_version, rules_version, family, budget_ms, priority, max_evals, early_stop,
        skipped, request_id, runs, reused, open_blocks, ready_at, panel_key, planned_at
    ) values (
        p_grid, v_owner, p_backtest, v_mode, p_facts -> 'spec', p_facts -> 'panel', p_facts ->> 'engine_version',
        p_facts ->> 'rules_version', p_facts ->> 'family', (p_facts ->> 'budget_ms')::bigint, (p_facts ->> 'priority')::smallint,
        (p_facts ->> 'max_evals')::integer, v_early_stop, (p_facts ->> 'skipped')::integer, p_facts ->> 'request_id',
        v_runs, v_runs - v_new, (v_new + v_size - 1) / v_size, case when v_new = 0 then now() end, v_panel.panel_key, v_panel.planned_at
    );
    insert into public.backtest_runs (
        id, owner, backtest_id, grid_id, position, params, identity, status, stats, content_hash, artifacts, reused_from, finished_at
    )
    select
        r.id, v_owner, p_backtest, p_grid, r.n - 1, r.params, r.identity, case when k.id is null then 'queued' else 'succeeded' end,
        k.stats, k.content_hash, coalesce(k.artifacts, '{}'), k.id, case when k.id is not null then now() end
    from rows from (unnest(p_runs), unnest(p_identities), unnest(v_known), json_array_elements(p_params))
        with ordinality as r (id, identity, known, params, n)
    left join public.backtest_runs k on k.id = r.known;
    insert into public.run_blocks (grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version)
    select
        p_grid, v_owner, case v_mode when 'single' then 'ledgers' else 'cells' end, true, min(c.position), max(c.position) + 1, 'waiting',
        (p_facts ->> 'priority')::smallint, p_facts ->> 'engine_version'
    from (
        select k.n::integer - 1 as position, (row_number() over (order by k.n) - 1) / v_size as block
        from unnest(v_known) with ordinality as k (id, n) where k.id is null
    ) c
    group by c.block
    order by c.block;
    if v_new < v_runs then
        perform lianghu.answer_known(p_grid, p_runs, v_known);
    end if;
    perform lianghu.emit(p_grid, 'enqueued', array(
        select r.id from unnest(p_runs, v_known) with ordinality as r (id, known, n)
        where r.known is null and r.n > b.first_position and r.n <= b.last_position order by r.n
    ))
    from public.run_blocks b where b.grid_id = p_grid order by b.id;
    return v_runs - v_new;
end
$$;

-- What runs have beside their rows that were answered from others: the others' files, curves and figures; and the events of their short lives.
create function lianghu.answer_known(p_grid uuid, p_runs uuid[], p_known uuid[]) returns void
    language plpgsql set search_path = ''
as $$
declare
    v_answered uuid[] := array(
        select r.id from unnest(p_runs, p_known) with ordinality as r (id, known, n) where r.known is not null order by r.n
    );
begin
    insert into public.artifacts (run_id, owner, key, path, bytes, sha256)
    select r.id, a.owner, a.key, a.path, a.bytes, a.sha256
    from unnest(p_runs, p_known) as r (id, known) join public.artifacts a on a.run_id = r.known;
    insert into public.equity_curves (run_id, owner, backtest_id, sessions, equity, initial_cash)
    select r.id, c.owner, g.backtest_id, c.sessions, c.equity, c.initial_cash
    from public.grids g, unnest(p_runs, p_known) as r (id, known) join public.equity_curves c on c.run_id = r.known
    where g.id = p_grid;
    perform lianghu.copy_metrics(p_grid, p_runs, p_known);
    perform lianghu.emit(p_grid, 'enqueued', v_answered);
    perform lianghu.emit(p_grid, 'succeeded', v_answered, '{"reused": true}');
end
$$;

-- Asked for again with more urgency, a waiting one moves forward. Whether a bell is due.
create function lianghu.add_ledger(p_run uuid, p_priority smallint) returns boolean
    language plpgsql set search_path = ''
as $$
begin
    insert into public.run_blocks (grid_id, owner, kind, decides, first_position, last_position, status, priority, engine_version)
    select g.id, g.owner, 'ledgers', false, r.position, r.position + 1, case when g.planned_at is null then 'waiting' else 'ready' end,
        p_priority, g.engine_version
    from public.backtest_runs r join public.grids g on g.id = r.grid_id
    where r.id = p_run and r.status = 'succeeded' and not r.artifacts ? 'trades_path'
    on conflict (grid_id, first_position) where not decides and status in ('ready', 'leased')
        do update set priority = excluded.priority where run_blocks.priority > excluded.priority;
    return found;
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
        raise exception 'the files of this run could not be made: %', v_last.error ->> 'message' || case
            when exists (select from public.grids g where g.id = v_run.grid_id and g.engine_version <> v_last.engine_version)
            then ' by another engine than the one that the run was computed with; submit it again' else '' end
            using errcode = 'PT500';
    end if;
    return lianghu.add_ledger(p_run, (
        select g.priority from public.backtest_runs r join public.grids g on g.id = r.grid_id where r.id = p_run
    ));
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.create_backtest, lianghu.count_known, lianghu.submit, lianghu.request_ledger to authenticated;
