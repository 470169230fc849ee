-- What whoever runs the platform watches: what waits, who computes, how fast, what fails. One call a second costs next to nothing.

create index run_blocks_finished on public.run_blocks (finished_at) where finished_at is not null;
create index run_blocks_open on public.run_blocks (owner) where status in ('waiting', 'ready', 'leased', 'computed');

do $$
declare
    v_table text;
begin
    foreach v_table in array array['run_blocks', 'second_attempts', 'outbox'] loop
        execute format(
            'create policy operator on public.%I for select to lianghu_states '
            'using ((select current_setting(''role'', true)) = ''lianghu_operator'')', v_table
        );
    end loop;
end
$$;

-- The state of the whole platform as one object; docs/operations.md tells what each figure is. Nothing of anybody's strategies is in it.
create function lianghu.status() returns jsonb
    language sql stable security definer set search_path = ''
as $$
    with open as materialized (
        select * from public.run_blocks b where b.status in ('waiting', 'ready', 'leased', 'computed')
    ), ended as materialized (
        select * from public.run_blocks b where b.finished_at > now() - interval '1 hour'
    ), told as materialized (
        select o.body, o.created_at, o.published_at from public.outbox o where o.created_at > now() - interval '1 hour'
    )
    select jsonb_build_object(
        'at', to_json(now()),
        'submissions', (
            select jsonb_build_object(
                'open', count(*),
                'to_plan', count(*) filter (where g.planned_at is null and g.ready_at is null),
                'to_aggregate', count(*) filter (where g.ready_at is not null)
            )
            from public.grids g where g.aggregated_at is null and (g.ready_at is not null or g.id in (select o.grid_id from open o))
        ),
        'blocks', (
            select jsonb_build_object(
                'waiting', count(*) filter (where o.status = 'waiting'),
                'ready', count(*) filter (where o.status = 'ready' and o.not_before <= now()),
                'backing_off', count(*) filter (where o.status = 'ready' and o.not_before > now()),
                'leased', count(*) filter (where o.status = 'leased'),
                'computed', count(*) filter (where o.status = 'computed'),
                'overdue', count(*) filter (where o.status = 'leased' and o.lease_until < now())
            )
            from open o
        ),
        'combinations_waiting', (
            select coalesce(sum(o.last_position - o.first_position), 0) from open o where o.decides and o.status in ('waiting', 'ready')
        ),
        -- Blocks that wait for a worker and are not held back.
        'oldest_wait_seconds', (
            select extract(epoch from now() - min(greatest(o.not_before, o.created_at)))::float8 from open o
            where o.status = 'ready' and o.not_before <= now()
        ),
        'oldest_single_wait_seconds', (
            select extract(epoch from now() - min(greatest(o.not_before, o.created_at)))::float8 from open o
            where o.status = 'ready' and o.not_before <= now() and o.kind = 'ledgers' and o.decides
        ),
        'owners', (
            select jsonb_build_object(
                'waiting', count(distinct o.owner) filter (where o.status in ('waiting', 'ready')),
                'computing', count(distinct o.owner) filter (where o.status = 'leased')
            )
            from open o
        ),
        'workers', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'worker', o.worker, 'block', o.id, 'kind', o.kind, 'owner', o.owner, 'runs', o.last_position - o.first_position,
                'attempt', o.attempt, 'progress', o.progress, 'seconds', extract(epoch from now() - o.claimed_at)::float8,
                'lease_seconds', extract(epoch from o.lease_until - now())::float8, 'engine_version', o.engine_version
            ) order by o.claimed_at, o.id), '[]')
            from open o where o.status = 'leased'
        ),
        'engines', (
            select coalesce(jsonb_agg(to_jsonb(e) order by e.engine_version), '[]')
            from (
                select
                    o.engine_version, count(*) filter (where o.status = 'leased') as leased,
                    count(*) filter (where o.status in ('waiting', 'ready')) as waiting
                from open o group by o.engine_version
            ) e
        ),
        'last_minute', (
            select jsonb_build_object(
                'blocks', count(*), 'combinations', coalesce(sum(e.last_position - e.first_position) filter (where e.decides), 0)
            )
            from ended e where e.status in ('done', 'computed') and e.finished_at > now() - interval '1 minute'
        ),
        'last_hour', jsonb_build_object(
            'retries', (
                -- A second attempt beside the first is none.
                select coalesce(sum(b.attempt - 1 - (
                    select count(*) from public.second_attempts s where s.block_id = b.id and s.attempt <= b.attempt
                )), 0) from (
                    select e.id, e.attempt from ended e where e.attempt > 1
                    union all
                    select o.id, o.attempt from open o where o.attempt > 1
                ) b
            ),
            'failed_runs', (
                select coalesce(sum(jsonb_array_length(t.body -> 'run_ids')), 0) from told t where t.body ->> 'event' = 'run.failed'
            ),
            'failed_blocks', (select count(*) from ended e where e.status = 'failed'),
            'dead_letters', (select count(*) from ended e where e.buried_at is not null)
        ),
        'outbox', (
            select jsonb_build_object(
                'waiting', count(*), 'oldest_seconds', extract(epoch from now() - min(o.created_at))::float8,
                'published_last_minute', (select count(*) from told t where t.published_at > now() - interval '1 minute')
            )
            from public.outbox o where o.published_at is null
        )
    )
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.status to lianghu_operator;
