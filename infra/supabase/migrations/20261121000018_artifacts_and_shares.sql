-- Files of runs with their sizes and hashes; and shares: frozen pictures of runs, seen by whoever holds their token.

-- No key to the run: archiving takes a run's row away for a while, and its files stay.
create table public.artifacts (
    run_id uuid not null,
    owner uuid not null references auth.users (id) on delete cascade,
    -- As in the run's `artifacts`.
    key text not null check (char_length(key) between 1 and 64),
    path text not null check (char_length(path) between 1 and 500),
    bytes bigint not null check (bytes >= 0),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz not null default now(),
    primary key (run_id, key)
);
create index artifacts_owner on public.artifacts (owner);
call lianghu.protect('artifacts', true);

-- Files that a worker reports of runs, [{run_id, files: [{key, path, bytes, sha256}]}]; those that a run does not name are not noted.
create function lianghu.note_artifacts(p_results jsonb) returns void
    language sql set search_path = ''
as $$
    insert into public.artifacts (run_id, owner, key, path, bytes, sha256)
    select r.id, r.owner, f.key, f.path, f.bytes, f.sha256
    from jsonb_to_recordset(p_results) as p (run_id uuid, files jsonb)
    join public.backtest_runs r on r.id = p.run_id
    cross join lateral jsonb_to_recordset(coalesce(p.files, '[]')) as f (key text, path text, bytes bigint, sha256 text)
    where r.artifacts ->> f.key = f.path
    on conflict (run_id, key) do nothing
$$;

-- What is shared is an object; a share outlives its run.
create table public.shares (
    id uuid primary key,
    owner uuid not null references auth.users (id) on delete cascade,
    run_id uuid not null,
    title text not null default '' check (char_length(title) <= 200),
    includes text[] not null check (includes <@ array['trades', 'report']),
    -- sha256 of the token, which is shown once and kept nowhere.
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    snapshot_path text not null,
    report_path text,
    views bigint not null default 0,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create index shares_of_run on public.shares (run_id, created_at desc);
create index shares_of_owner on public.shares (owner, expires_at);
create index shares_ended on public.shares (least(expires_at, revoked_at));
call lianghu.protect('shares', true);
grant update (revoked_at, views), delete on public.shares to lianghu_states;
-- A stranger's function sees the one share whose token it was given, whatever it asks for.
create policy token on public.shares for all to lianghu_states using (
    (select current_setting('role', true)) = 'anon'
    and token_hash = (select decode(nullif(current_setting('lianghu.token_hash', true), ''), 'hex'))
);

-- 1000 live ones of one person are enough; more are a mistake in somebody's loop.
create function lianghu.create_share(
    p_id uuid, p_run uuid, p_title text, p_includes text[], p_token_hash bytea, p_snapshot_path text, p_report_path text,
    p_created timestamptz, p_expires timestamptz
) returns void
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
begin
    if not exists (select from public.backtest_runs r where r.id = p_run and r.status = 'succeeded') then
        raise exception 'there is no finished run %', p_run using errcode = 'PT404';
    end if;
    if (select count(*) from public.shares s where s.owner = v_owner and s.revoked_at is null and s.expires_at > now()) >= 1000 then
        raise exception 'there are 1000 live shares already: take some away first' using errcode = 'PT409';
    end if;
    insert into public.shares (id, owner, run_id, title, includes, token_hash, snapshot_path, report_path, created_at, expires_at)
    values (p_id, v_owner, p_run, p_title, p_includes, p_token_hash, p_snapshot_path, p_report_path, p_created, p_expires);
end
$$;

-- Its files, to be deleted; nothing where the run has no such share. Again is fine.
create function lianghu.revoke_share(p_run uuid, p_share uuid) returns table (snapshot_path text, report_path text)
    language plpgsql security definer set search_path = ''
as $$
begin
    perform lianghu.require_user();
    return query
        update public.shares s set revoked_at = coalesce(s.revoked_at, now())
        where s.id = p_share and s.run_id = p_run
        returning s.snapshot_path, s.report_path;
end
$$;

-- What a stranger sees who holds the token. Unknown, expired and revoked are one: no row, by the same look into the same index.
create function lianghu.open_share(p_token_hash bytea, p_counts boolean)
    returns table (title text, includes text[], snapshot_path text, report_path text, created_at timestamptz, expires_at timestamptz)
    language plpgsql security definer set search_path = ''
as $$
begin
    perform set_config('lianghu.token_hash', encode(p_token_hash, 'hex'), true);
    return query
        update public.shares s set views = s.views + case when p_counts then 1 else 0 end
        where s.token_hash = p_token_hash and s.revoked_at is null and s.expires_at > now()
        returning s.title, s.includes, s.snapshot_path, s.report_path, s.created_at, s.expires_at;
end
$$;

-- Shares that ended a while ago: their files are deleted first, their rows afterwards, so that nothing is forgotten half-way.
create function lianghu.ended_shares(p_limit integer) returns table (share_id uuid, snapshot_path text, report_path text)
    language sql stable security definer set search_path = ''
as $$
    select s.id, s.snapshot_path, s.report_path from public.shares s
    where least(s.expires_at, s.revoked_at) < now() - interval '30 days'
    order by least(s.expires_at, s.revoked_at) limit p_limit
$$;

create function lianghu.forget_shares(p_shares uuid[]) returns void
    language sql security definer set search_path = ''
    as $$
    delete from public.shares s where s.id = any (p_shares) and least(s.expires_at, s.revoked_at) < now() - interval '30 days'
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.create_share, lianghu.revoke_share to authenticated;
grant execute on function lianghu.open_share to anon;
grant execute on function lianghu.ended_shares, lianghu.forget_shares to lianghu_worker;
