-- Speculation: a block of cells that takes far longer than the others of its grid is given to a second worker as well, when nothing else
-- waits. Whoever completes it first has decided it; the other one hears `lost`. Results are the same bytes, and their objects have the same
-- names, so nothing is written twice.
--
-- A block under way has one attempt in its own row, the first; second_attempts has the second, once in a block's life. Whoever speaks for a block
-- is made the first (`change_places`), and where the first leaves, the second goes on in its place (`leave_block`): everything else knows
-- one attempt. Both count: a block has three in all.

-- Blocks that may have a second attempt, and from when on: of a grid of which three quarters are done, once they have taken `p_times` as
-- long as the median of those, and two seconds at least, which a second attempt costs. (J. Dean, S. Ghemawat, MapReduce, 2004, 3.6, has the
-- idea; Spark, spark.speculation.quantile, the three quarters.)
create function lianghu.stragglers(p_engine_version text, p_times float8) returns table (block_id bigint, grid_id uuid, late_at timestamptz)
    language sql stable set search_path = ''
as $$
    select b.id, b.grid_id, b.claimed_at + make_interval(secs => greatest(p_times * d.median_ms / 1000, 2))
    from (
        select distinct l.grid_id from public.run_blocks l
        where l.status = 'leased' and l.decides and l.engine_version = p_engine_version
    ) g
    cross join lateral (
        select percentile_cont(0.5) within group (order by e.spent_ms) filter (where e.status in ('done', 'computed')) as median_ms,
            count(*) filter (where e.status not in ('waiting', 'ready', 'leased')) as ended, count(*) as blocks
        from public.run_blocks e where e.grid_id = g.grid_id and e.decides
    ) d
    join public.run_blocks b on b.grid_id = g.grid_id and b.decides and b.status = 'leased'
    where d.ended >= 0.75 * d.blocks and d.median_ms is not null
        and b.attempt < lianghu.attempts() and b.lease_until > now()
        and not exists (select from public.second_attempts s where s.block_id = b.id)
$$;

-- The block that is late for the longest gets its second attempt: as it is, with that attempt's number; null: there is none, or other work waits.
create function lianghu.claim_second(p_worker text, p_engine_version text, p_lease float8, p_times float8) returns public.run_blocks
    language plpgsql set search_path = ''
as $$
declare
    v_block public.run_blocks;
begin
    if exists (select from public.run_blocks b where b.status = 'ready' and b.engine_version = p_engine_version) then
        return null;
    end if;
    select b.* into v_block from lianghu.stragglers(p_engine_version, p_times) s join public.run_blocks b on b.id = s.block_id
    where s.late_at <= now() and b.status = 'leased' order by s.late_at limit 1 for update of b skip locked;
    if not found then
        return null;
    end if;
    insert into public.second_attempts (block_id, owner, attempt, worker, lease_until)
    values (v_block.id, v_block.owner, v_block.attempt + 1, p_worker, clock_timestamp() + make_interval(secs => p_lease))
    on conflict do nothing;
    if not found then
        return null;
    end if;
    v_block.attempt := v_block.attempt + 1;
    return v_block;
end
$$;

-- When somebody who has nothing to do should ask again, for whom; nothing where no block can become late. What is late now is somebody else's.
create function lianghu.next_straggler(p_engine_version text, p_times float8) returns table (grid_id uuid, delay float8)
    language sql stable security definer set search_path = ''
as $$
    select s.grid_id, extract(epoch from s.late_at - now())::float8
    from lianghu.stragglers(p_engine_version, p_times) s where s.late_at > now() order by s.late_at limit 1
$$;

-- The second attempt of this number becomes the first, and the first the second; true: the block, whose lock is held then, is this attempt's.
create function lianghu.change_places(p_block bigint, p_attempt integer) returns boolean
    language plpgsql set search_path = ''
as $$
declare
    v_block public.run_blocks;
    v_second public.second_attempts;
begin
    if not exists (select from public.second_attempts s where s.block_id = p_block) then
        return false;
    end if;
    select * into v_block from public.run_blocks b where b.id = p_block and b.status = 'leased' for update;
    select * into v_second from public.second_attempts s where s.block_id = p_block and s.attempt = p_attempt and s.lease_until is not null;
    if v_block.id is null or v_second.block_id is null then
        return coalesce(v_block.attempt = p_attempt, false);
    end if;
    update public.run_blocks b
    set attempt = v_second.attempt, worker = v_second.worker, progress = v_second.progress, spent_ms = v_second.spent_ms,
        lease_until = v_second.lease_until
    where b.id = p_block;
    update public.second_attempts s
    set attempt = v_block.attempt, worker = v_block.worker, progress = v_block.progress, spent_ms = v_block.spent_ms,
        lease_until = v_block.lease_until
    where s.block_id = p_block;
    return true;
end
$$;

-- The first attempt leaves a block, whose lock the caller holds: the block as it is then. With a lease: the second one goes on in its place.
-- Without: nobody is at it, and its number is that of the newest attempt, so that no old one fits the next.
create function lianghu.leave_block(p_block public.run_blocks) returns public.run_blocks
    language plpgsql set search_path = ''
as $$
declare
    v_next integer;
    v_goes_on boolean;
begin
    if not exists (select from public.second_attempts s where s.block_id = p_block.id) then
        p_block.lease_until := null;
        return p_block;
    end if;
    v_next := (select s.attempt from public.second_attempts s where s.block_id = p_block.id and s.lease_until > now());
    v_goes_on := v_next is not null and lianghu.change_places(p_block.id, v_next);
    update public.run_blocks b
    set attempt = case when v_goes_on then b.attempt else greatest(b.attempt, s.attempt) end,
        lease_until = case when v_goes_on then b.lease_until end
    from public.second_attempts s where b.id = p_block.id and s.block_id = b.id
    returning b.* into p_block;
    update public.second_attempts s set lease_until = null where s.block_id = p_block.id;
    return p_block;
end
$$;

-- A heartbeat that is not the first attempt's. Of the second one nothing is told: progress has one voice.
create function lianghu.keep_second(p_block bigint, p_attempt integer, p_progress integer, p_lease float8, p_spent_ms bigint) returns text
    language plpgsql set search_path = ''
as $$
declare
    v_block public.run_blocks;
begin
    if not exists (select from public.second_attempts s where s.block_id = p_block) then
        return 'lost';
    end if;
    select * into v_block from public.run_blocks b where b.id = p_block and b.status = 'leased' for update;
    if v_block.attempt = p_attempt then
        return 'kept';  -- it became the first in this moment
    end if;
    update public.second_attempts s
    set progress = greatest(s.progress, p_progress), spent_ms = p_spent_ms, lease_until = now() + make_interval(secs => p_lease)
    where s.block_id = v_block.id and s.attempt = p_attempt and s.lease_until is not null;
    return case when not found then 'lost' when lianghu.is_over_budget(v_block.grid_id) then 'budget' else 'kept' end;
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.next_straggler to lianghu_worker;
