-- The events that leave: at least once, under the ids that they were stored with, those of a submission in their order.

-- Taken for half a minute. While events of a submission are with one publisher, nobody else gets later ones of it.
create function lianghu.take_events(p_limit integer) returns table (id uuid, number bigint, body jsonb)
    language plpgsql security definer set search_path = ''
as $$
begin
    -- One publisher after the other: each sees what the one before took.
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('lianghu.take_events'));
    return query
    with held as materialized (
        select distinct coalesce(h.body ->> 'grid_id', '') as grid from public.outbox h
        where h.published_at is null and h.taken_until > clock_timestamp()
    ), taken as (
        update public.outbox o set taken_until = clock_timestamp() + interval '30 seconds'
        where o.id in (
            select w.id from public.outbox w
            where w.published_at is null and coalesce(w.body ->> 'grid_id', '') not in (select h.grid from held h)
            order by w.number limit p_limit
        )
        returning o.id, o.number, o.body
    )
    select t.id, t.number, t.body from taken t order by t.number;
end
$$;

create function lianghu.mark_published(p_ids uuid[]) returns void
    language sql security definer set search_path = ''
    as $$ update public.outbox o set published_at = now() where o.id = any (p_ids) $$;

call lianghu.hand_over_functions();
grant execute on function lianghu.take_events, lianghu.mark_published to lianghu_worker;
