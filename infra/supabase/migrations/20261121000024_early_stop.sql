-- Early stop: runs end in the order of their grid, so that the outcome is the same however many workers compute it and whichever is first.
--
-- What comes back before its turn is held, seen by nobody, and its block is `computed`. Once every run before a position has ended, that is
-- the grid's frontier; it advances block by block, counts the runs since the best figure, and after `patience` of them nothing more runs.

create table public.held_results (
    block_id bigint primary key references public.run_blocks (id) on delete cascade,
    owner uuid not null,
    -- {results, unfinished} as complete_block was told, or {error, platform} of a block that was given up.
    report jsonb not null
);
call lianghu.protect('held_results', false);
grant delete on public.held_results to lianghu_states;

-- Keeps for its turn what became of a deciding block; false: the grid's runs end as they come.
create function lianghu.hold_block(p_block public.run_blocks, p_report jsonb) returns boolean
    language plpgsql set search_path = ''
as $$
begin
    if not exists (select from public.grids g where g.id = p_block.grid_id and g.early_stop is not null) then
        return false;
    end if;
    update public.run_blocks b set status = 'computed', progress = 100 where b.id = p_block.id;
    insert into public.held_results (block_id, owner, report) values (p_block.id, p_block.owner, p_report);
    return true;
end
$$;

-- The runs of a block in their order, each with the figure that counts (null: it failed, or there is none). Those that were cancelled, or
-- left unfinished, are not among them: they count as nothing.
create function lianghu.figures_of(p_block public.run_blocks, p_report jsonb, p_metric text) returns table (run integer, figure float8)
    language sql stable set search_path = ''
as $$
    select r.position, case when p.error is null and jsonb_typeof(p.stats -> p_metric) = 'number' then (p.stats ->> p_metric)::float8 end
    from public.backtest_runs r
    left join jsonb_to_recordset(coalesce(p_report -> 'results', '[]')) as p (run_id uuid, stats jsonb, error jsonb, partial boolean)
        on p.run_id = r.id
    where r.grid_id = p_block.grid_id and r.position >= p_block.first_position and r.position < p_block.last_position
        and r.status <> 'cancelled'
        and not (p_report ->> 'unfinished' is not null and (p.run_id is null or coalesce(p.partial, false)))
    order by r.position
$$;

-- A block whose turn has come ends, and its runs with it; whether the platform failed in it.
create function lianghu.end_held(p_block public.run_blocks, p_report jsonb) returns boolean
    language plpgsql set search_path = ''
as $$
declare
    v_failed boolean := p_report ? 'error';
begin
    update public.run_blocks b set status = case when v_failed then 'failed' else 'done' end where b.id = p_block.id;
    delete from public.held_results h where h.block_id = p_block.id;
    if v_failed then
        return lianghu.fail_runs(p_block, p_report -> 'error') > 0 and (p_report ->> 'platform')::boolean;
    end if;
    perform lianghu.end_runs(p_block, p_report -> 'results', p_report ->> 'unfinished');
    return false;
end
$$;

-- Ends what has its turn, and cancels the rest once `patience` runs have brought nothing better; true: the grid is ready to be aggregated.
-- Cheap where there is nothing to do. Takes the locks of cancel_rest: all blocks, runs, grid. Where very much has its turn at once, what
-- there is no time for is left to the next call, which is the sweeper's at the latest.
create function lianghu.advance_frontier(p_grid uuid) returns boolean
    language plpgsql security definer set search_path = ''
as $$
declare
    v_grid public.grids;
    v_block public.run_blocks;
    v_report jsonb;
    v_figure record;
    v_stop integer;
    v_last integer;
    v_closed integer := 0;
    v_platform_failures integer := 0;
begin
    if exists (
        select from public.grids g
        join public.run_blocks b on b.grid_id = g.id and b.decides and b.first_position = g.frontier
        where g.id = p_grid and g.early_stop is not null and g.ready_at is null and b.status not in ('waiting', 'ready', 'leased')
    ) then
        perform 1 from public.run_blocks b where b.grid_id = p_grid and b.decides order by b.id for update;
        select * into v_grid from public.grids g where g.id = p_grid;
        for v_block in
            select * from public.run_blocks b
            where b.grid_id = p_grid and b.decides and b.first_position >= v_grid.frontier order by b.first_position
        loop
            exit when v_stop is not null or v_block.status in ('waiting', 'ready', 'leased')
                or (v_last is not null and not lianghu.has_time());
            v_last := v_block.last_position;
            v_report := (select h.report from public.held_results h where h.block_id = v_block.id);
            for v_figure in select * from lianghu.figures_of(v_block, v_report, v_grid.early_stop ->> 'metric') loop
                if v_figure.figure > v_grid.frontier_best and v_grid.early_stop ->> 'mode' = 'max'
                    or v_figure.figure < v_grid.frontier_best and v_grid.early_stop ->> 'mode' = 'min'
                    or v_figure.figure is not null and v_grid.frontier_best is null
                then
                    v_grid.frontier_best := v_figure.figure;
                    v_grid.frontier_stale := 0;
                else
                    v_grid.frontier_stale := v_grid.frontier_stale + 1;
                end if;
                if v_grid.frontier_stale >= (v_grid.early_stop ->> 'patience')::integer then
                    v_stop := v_figure.run + 1;
                    exit;
                end if;
            end loop;
            if v_block.status = 'computed' then
                v_block.last_position := coalesce(v_stop, v_last);
                v_platform_failures := v_platform_failures + lianghu.end_held(v_block, v_report)::integer;
                v_closed := v_closed + 1;
            end if;
            v_grid.frontier := v_last;
        end loop;
        if v_stop is not null then
            perform lianghu.cancel_runs(p_grid, v_stop, v_last, 'early_stop');
            perform lianghu.cancel_rest(p_grid, 'early_stop');
        end if;
        update public.grids g
        set frontier = v_grid.frontier, frontier_best = v_grid.frontier_best, frontier_stale = v_grid.frontier_stale
        where g.id = p_grid;
        perform lianghu.close_blocks(p_grid, v_closed, v_platform_failures);
    end if;
    return exists (select from public.grids g where g.id = p_grid and g.ready_at is not null and g.aggregated_at is null);
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.advance_frontier to lianghu_worker;
