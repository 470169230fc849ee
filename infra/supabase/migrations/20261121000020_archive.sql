-- The archive: the rows of submissions that ended long ago lie in one object each; what stays is the submission itself, and a light row of
-- each run, so that nothing is counted wrong and everything can be found. They come back as they were, but for their place in the turns.
--
-- Nothing is taken away before the object is there and read back, and only if the rows are still those that it holds.

alter table public.grids
    -- Null: its runs are in their tables.
    add column archived_at timestamptz,
    -- The object, and the SHA-256 of the text in it: rows that come back must be these.
    add column archive_path text check (char_length(archive_path) <= 500),
    add column archive_digest text check (archive_digest ~ '^[0-9a-f]{64}$'),
    -- Runs by status, which are counted here while they are away.
    add column archive_counts jsonb,
    -- The files of its runs are to be deleted, too; null: they stay, or they are gone.
    add column archive_files_due_at timestamptz,
    add column archive_files_gone_at timestamptz,
    -- Who asked for it back wants it for a while: the time until the next archiving counts from here.
    add column restored_at timestamptz,
    add check ((archived_at is null) = (archive_path is null) and (archived_at is null) = (archive_digest is null)
        and (archived_at is null) = (archive_counts is null));
create index grids_to_archive on public.grids (greatest(finished_at, restored_at)) where aggregated_at is not null and archived_at is null;
-- A run's files lie in a folder of its own, and other runs, which were answered with its result, may name them too.
create index artifacts_folder on public.artifacts (split_part(path, '/', 3));
create index grids_files_due on public.grids (archive_files_due_at) where archive_files_due_at is not null;

-- What is left of a run: enough to find it, and to count it among the trials of an idea.
create table public.archived_runs (
    run_id uuid primary key,
    owner uuid not null,
    grid_id uuid not null,
    backtest_id uuid not null,
    status text not null,
    params json not null,
    sharpe float8,
    finished_at timestamptz,
    foreign key (grid_id, owner) references public.grids (id, owner) on delete cascade
);
create index archived_runs_grid on public.archived_runs (grid_id);
call lianghu.protect('archived_runs', true);

grant delete on public.archived_runs, public.backtest_runs, public.run_blocks, public.artifacts to lianghu_states;
grant update (
    archived_at, archive_path, archive_digest, archive_counts, archive_files_due_at, archive_files_gone_at, restored_at
) on public.grids to lianghu_states;

-- The rows of a submission as one text, the same for the same rows: times are told as they are in UTC.
create function lianghu.archive_body(p_grid uuid) returns text
    language plpgsql set search_path = ''
as $$
begin
    perform set_config('TimeZone', 'UTC', true);
    return json_build_object(
        'format', 1,
        'grid_id', p_grid,
        'runs', coalesce((select json_agg(to_json(r) order by r.position) from public.backtest_runs r where r.grid_id = p_grid), '[]'),
        'blocks', coalesce((select json_agg(to_json(b) order by b.id) from public.run_blocks b where b.grid_id = p_grid), '[]')
    )::text;
end
$$;

create function lianghu.digest_of(p_body text) returns text
    language sql immutable set search_path = ''
    as $$ select encode(sha256(convert_to(p_body, 'UTF8')), 'hex') $$;

-- Submissions that ended (or came back) before a time, the oldest first. None whose files are being made.
create function lianghu.grids_to_archive(p_before timestamptz, p_limit integer) returns table (grid_id uuid, owner uuid)
    language sql stable security definer set search_path = ''
as $$
    select g.id, g.owner from public.grids g
    where g.aggregated_at is not null and g.archived_at is null and greatest(g.finished_at, g.restored_at) < p_before
        and not exists (select from public.run_blocks b where b.grid_id = g.id and b.status in ('waiting', 'ready', 'leased'))
    order by greatest(g.finished_at, g.restored_at) limit p_limit
$$;

create function lianghu.read_to_archive(p_grid uuid) returns text
    language sql security definer set search_path = ''
    as $$ select lianghu.archive_body(p_grid) from public.grids g where g.id = p_grid and g.archived_at is null $$;

-- Takes the rows away that an object holds: true; false, and nothing changed, where they are others by now.
create function lianghu.archive_grid(p_grid uuid, p_path text, p_digest text, p_files_go boolean) returns boolean
    language plpgsql security definer set search_path = ''
as $$
declare
    v_counts jsonb;
begin
    -- Who answers from these runs just now does so before or after.
    perform pg_advisory_xact_lock(lianghu.reuse_lock(g.owner)) from public.grids g where g.id = p_grid;
    perform 1 from public.run_blocks b where b.grid_id = p_grid order by b.id for update;
    if exists (select from public.run_blocks b where b.grid_id = p_grid and b.status in ('waiting', 'ready', 'leased')) then
        return false;
    end if;
    perform 1 from public.backtest_runs r where r.grid_id = p_grid order by r.position for update;
    perform 1 from public.grids g where g.id = p_grid and g.aggregated_at is not null and g.archived_at is null for update;
    if not found or lianghu.digest_of(lianghu.archive_body(p_grid)) <> p_digest then
        return false;
    end if;
    insert into public.archived_runs (run_id, owner, grid_id, backtest_id, status, params, sharpe, finished_at)
    select r.id, r.owner, r.grid_id, r.backtest_id, r.status, r.params, (r.stats ->> 'sharpe')::float8, r.finished_at
    from public.backtest_runs r where r.grid_id = p_grid;
    select jsonb_object_agg(c.status, c.runs) into v_counts
    from (select r.status, count(*) as runs from public.backtest_runs r where r.grid_id = p_grid group by r.status) c;
    delete from public.run_blocks b where b.grid_id = p_grid;
    delete from public.backtest_runs r where r.grid_id = p_grid;
    update public.grids g
    set archived_at = now(), archive_path = p_path, archive_digest = p_digest, archive_counts = v_counts,
        archive_files_due_at = case when p_files_go then now() end, archive_files_gone_at = null
    where g.id = p_grid;
    return true;
end
$$;

-- Archived submissions whose runs' files are still to be deleted.
create function lianghu.archive_files_due(p_limit integer) returns table (grid_id uuid, owner uuid, archive_path text, archive_digest text)
    language sql stable security definer set search_path = ''
as $$
    select g.id, g.owner, g.archive_path, g.archive_digest from public.grids g
    where g.archive_files_due_at is not null order by g.archive_files_due_at limit p_limit
$$;

-- Of these folders of files, those that nobody names but runs of this archived submission. A run that is there again may fill its own anew.
create function lianghu.unneeded_folders(p_grid uuid, p_folders text[]) returns setof text
    language sql stable security definer set search_path = ''
as $$
    select f.folder from unnest(p_folders) as f (folder)
    where not exists (
        select from public.artifacts a
        where split_part(a.path, '/', 3) = f.folder
            and not exists (select from public.archived_runs r where r.run_id = a.run_id and r.grid_id = p_grid)
    ) and not exists (select from public.backtest_runs r where r.id = f.folder::uuid)
$$;

create function lianghu.archive_files_gone(p_grid uuid) returns void
    language sql security definer set search_path = ''
as $$
    delete from public.artifacts a using public.archived_runs r where r.grid_id = p_grid and a.run_id = r.run_id;
    update public.grids g set archive_files_due_at = null, archive_files_gone_at = now() where g.id = p_grid and g.archived_at is not null
$$;

-- Where a user's submission lies, by its own id or that of one of its runs; no row: it is unknown. `archived_at` null: it is not archived.
create function lianghu.find_archive(p_grid uuid, p_run uuid)
    returns table (grid_id uuid, backtest_id uuid, mode text, archived_at timestamptz, archive_path text, archive_digest text)
    language plpgsql stable security definer set search_path = ''
as $$
declare
    -- Found first: looked for in one statement with the rest, the submission would be sought among all of them.
    v_grid uuid := coalesce(
        p_grid,
        (select a.grid_id from public.archived_runs a where a.run_id = p_run),
        (select r.grid_id from public.backtest_runs r where r.id = p_run)
    );
begin
    perform lianghu.require_user();
    return query
        select g.id, g.backtest_id, g.mode, g.archived_at, g.archive_path, g.archive_digest from public.grids g where g.id = v_grid;
end
$$;

-- Puts the rows back, as a user: 'restored', 'present' (they are there), 'busy' (their files are being deleted), 'unknown'. Only the very
-- text that was archived is taken. Files that were deleted are no longer named; the full account is made again when it is asked for.
create function lianghu.restore_grid(p_grid uuid, p_body text) returns text
    language plpgsql security definer set search_path = ''
as $$
declare
    v_grid public.grids;
begin
    perform lianghu.require_user();
    select * into v_grid from public.grids g where g.id = p_grid for update;
    if not found then
        return 'unknown';
    elsif v_grid.archived_at is null then
        return 'present';
    elsif v_grid.archive_files_due_at is not null then
        return 'busy';
    elsif lianghu.digest_of(p_body) <> v_grid.archive_digest then
        raise exception 'this is not what was archived' using errcode = 'PT502';
    end if;
    insert into public.backtest_runs select r.* from json_populate_recordset(null::public.backtest_runs, p_body::json -> 'runs') r;
    insert into public.run_blocks overriding system value
    select b.* from json_populate_recordset(null::public.run_blocks, p_body::json -> 'blocks') b;
    -- How far its owner was says nothing of whose turn it is now: everybody may have begun anew meanwhile.
    update public.run_blocks b set turn_ends = null, turn_now = null where b.grid_id = p_grid;
    insert into public.metrics
    select m.* from public.backtest_runs r
    cross join lateral jsonb_populate_record(null::public.metrics, r.stats || jsonb_build_object(
        'run_id', r.id, 'owner', r.owner, 'backtest_id', r.backtest_id, 'grid_id', r.grid_id, 'created_at', r.created_at,
        'position', r.position
    )) m
    where r.grid_id = p_grid and r.stats is not null and r.reused_from is not null;
    if v_grid.archive_files_gone_at is not null then
        update public.backtest_runs r
        set artifacts = case when r.artifacts ? 'cells_path' then jsonb_build_object('cells_path', r.artifacts -> 'cells_path') else '{}' end
        where r.grid_id = p_grid;
    end if;
    delete from public.archived_runs a where a.grid_id = p_grid;
    update public.grids g
    set archived_at = null, archive_path = null, archive_digest = null, archive_counts = null, archive_files_gone_at = null,
        restored_at = now()
    where g.id = p_grid;
    return 'restored';
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.find_archive, lianghu.restore_grid to authenticated;
grant execute on function
    lianghu.grids_to_archive, lianghu.read_to_archive, lianghu.archive_grid, lianghu.archive_files_due, lianghu.unneeded_folders,
    lianghu.archive_files_gone
    to lianghu_worker;
