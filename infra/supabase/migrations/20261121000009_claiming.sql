-- Which block a worker gets, and when one that fell silent loses it.

-- Written by a block's newest claim, for the shares of all (`whose_turn`): how far its owner is with it, and how far everybody was.
alter table public.run_blocks add column turn_ends float8, add column turn_now float8;
create index run_blocks_turns on public.run_blocks (owner, turn_ends desc) where turn_ends is not null;
create index run_blocks_claims on public.run_blocks (claimed_at desc) where turn_now is not null;
grant update (turn_ends, turn_now) on public.run_blocks to lianghu_states;

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
        v_block := lianghu.leave_block(v_block);
        continue when v_block.lease_until is not null;
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

-- What a claim counts in its owner's share: a block of cells is cut to take some seconds, an account takes about a tenth of that.
create function lianghu.price(p_kind text) returns float8
    language sql immutable set search_path = ''
    as $$ select case p_kind when 'cells' then 1 else 0.1 end::float8 $$;

-- How large the shares of people with this plan are, beside each other.
create function lianghu.weight(p_plan jsonb) returns float8
    language sql immutable set search_path = ''
    as $$ select greatest(coalesce((p_plan ->> 'weight')::float8, 1), 0.01) $$;

-- How far everybody was at some moment: where the furthest claim until then began.
create function lianghu.turn_at(p_moment timestamptz) returns float8
    language sql stable set search_path = ''
as $$
    select coalesce((
        select b.turn_now from public.run_blocks b where b.claimed_at <= p_moment and b.turn_now is not null
        order by b.claimed_at desc limit 1
    ), 0)
$$;

-- Who waits for a worker of this engine, in the order in which they are served; `turn` is where their next claim begins.
--
-- A claim moves its owner on by price / weight, from where the owner's last one ended. Served is who would be the least far after it: so
-- people share by weight, small things overtake large ones, and nobody is overtaken for ever. Nobody saves up turns while having nothing to
-- do: who comes (again) begins where everybody was then. Accounts that nobody waits for come after everybody else's work.
-- (Start-time fair queueing, P. Goyal, H. Vin, H. Cheng 1996, served in the order of ends.)
create function lianghu.whose_turn(p_engine_version text) returns table (owner uuid, turn float8, weight float8)
    language plpgsql stable set search_path = ''
as $$
begin
    -- (In plpgsql, because profiles and plans are made by a later migration.)
    return query
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
    select w.owner, t.turn, t.weight
    from waiting w
    cross join lateral (
        select b.id, b.kind, b.not_before, not b.decides and b.priority = 9 as spare from public.run_blocks b
        where b.status = 'ready' and b.engine_version = p_engine_version and b.owner = w.owner and b.not_before <= now()
        order by b.priority, b.kind = 'cells', b.id limit 1
    ) first
    cross join lateral (
        select
            greatest(lianghu.turn_at(first.not_before), (
                select b.turn_ends from public.run_blocks b where b.owner = w.owner and b.turn_ends is not null
                order by b.turn_ends desc limit 1
            )) as turn,
            lianghu.weight((
                select c.value from public.profiles p join public.system_config c on c.name = 'plan/' || p.plan where p.owner = w.owner
            )) as weight
        offset 0  -- or both would be looked up once more for the order
    ) t
    where w.owner is not null
    order by first.spare, t.turn + lianghu.price(first.kind) / t.weight, first.kind = 'cells', first.id;
end
$$;

-- The next block for a worker of this engine: of whoever's turn it is, by priority, accounts before cells, by age. `waited`: seconds since it
-- could have been claimed. Where nothing waits, and `p_speculation` is not 0: one that takes so many times as long as the others of its grid
-- (`second`: somebody is at it already).
create function lianghu.claim_block(p_worker text, p_engine_version text, p_lease float8, p_speculation float8 default 0)
    returns table (
        block_id bigint, attempt integer, kind text, grid_id uuid, owner uuid, panel_key text, strategy_kind text, source text,
        context jsonb, run_ids uuid[], combinations json, request_id text, waited float8, second boolean
    )
    language plpgsql security definer set search_path = ''
as $$
declare
    v_next record;
    v_turn float8;
    v_block public.run_blocks;
    v_runs uuid[];
    v_params json;
    v_second boolean;
begin
    perform lianghu.expire_leases();
    for v_next in
        select t.*, a.alone
        from lianghu.whose_turn(p_engine_version) with ordinality as t (owner, turn, weight, place), unnest(array[true, false]) as a (alone)
        order by not a.alone, t.place
    loop
        -- What somebody is being given at this moment is not on their account yet: others first, and them only where all are being served.
        continue when v_next.alone and not pg_try_advisory_xact_lock(hashtextextended(v_next.owner::text, 0));
        select * into v_block from public.run_blocks b
        where b.status = 'ready' and b.engine_version = p_engine_version and b.owner = v_next.owner and b.not_before <= now()
        order by b.priority, b.kind = 'cells', b.id limit 1 for update skip locked;
        continue when not found;
        v_turn := greatest(v_next.turn, (
            select b.turn_ends from public.run_blocks b where b.owner = v_next.owner and b.turn_ends is not null
            order by b.turn_ends desc limit 1
        ));
        if v_block.decides then
            update public.backtest_runs r
            set status = 'running', started_at = coalesce(r.started_at, now()), attempt = v_block.attempt + 1
            where r.grid_id = v_block.grid_id and r.position >= v_block.first_position and r.position < v_block.last_position
                and r.status in ('queued', 'running');
        end if;
        update public.run_blocks b
        set status = 'leased', attempt = b.attempt + 1, worker = p_worker, progress = 0, spent_ms = 0, claimed_at = clock_timestamp(),
            lease_until = clock_timestamp() + make_interval(secs => p_lease),
            turn_ends = v_turn + lianghu.price(v_block.kind) / v_next.weight,
            turn_now = greatest(v_turn, lianghu.turn_at(clock_timestamp()))
        where b.id = v_block.id
        returning b.* into v_block;
        exit;
    end loop;
    v_second := v_block.id is null;
    if v_second and p_speculation > 0 then
        v_block := lianghu.claim_second(p_worker, p_engine_version, p_lease, p_speculation);
    end if;
    if v_block.id is null then
        return;
    end if;
    select coalesce(array_agg(r.id order by r.position), '{}'), coalesce(json_agg(r.params order by r.position), '[]')
    into v_runs, v_params
    from public.backtest_runs r
    where r.grid_id = v_block.grid_id and r.position >= v_block.first_position and r.position < v_block.last_position
        and r.status = case when v_block.decides then 'running' else 'succeeded' end;
    if v_block.decides then
        update public.grids g set status = 'running', started_at = now() where g.id = v_block.grid_id and g.status = 'queued';
        if v_block.attempt = 1 then
            perform lianghu.emit(v_block.grid_id, 'started', v_runs);
        end if;
    end if;
    return query
        select
            v_block.id, v_block.attempt, v_block.kind, v_block.grid_id, v_block.owner, g.panel_key, s.kind, v.source,
            t.context, v_runs, v_params, g.request_id,
            case when v_second then 0 else greatest(0, extract(epoch from clock_timestamp() - v_block.not_before)) end::float8, v_second
        from public.grids g
        join public.backtests t on t.id = g.backtest_id
        join public.strategy_versions v on v.id = t.strategy_version_id
        join public.strategies s on s.id = v.strategy_id
        where g.id = v_block.grid_id;
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.claim_block to lianghu_worker;
