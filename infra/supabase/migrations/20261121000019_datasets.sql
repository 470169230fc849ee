-- An index of the lake's manifests, so that listing hundreds of versions reads the lake once. It is a cache: the lake's own listing says which
-- versions there are, a row is only taken for the very object that it was made from, and all of it may be deleted at any time.

create table public.datasets (
    -- The hash of the lake's address and of what its listing says about the manifest.
    identity text primary key check (identity ~ '^[0-9a-f]{64}$'),
    source text not null,
    number integer not null check (number >= 1),
    -- As the manifest says it.
    published_at text not null,
    manifest json not null,
    findings json not null,
    noted_at timestamptz not null default now()
);
create index datasets_old on public.datasets (noted_at);

-- Of nobody: the API reads and writes it as a worker, so that no user can tell another one what the data are.
alter table public.datasets enable row level security;
alter table public.datasets force row level security;
revoke all on public.datasets from public, anon, authenticated;
grant select, insert, delete on public.datasets to lianghu_states;
create policy workers on public.datasets for all to lianghu_states
    using ((select current_setting('role', true)) = 'lianghu_worker');

-- Versions that were told of: once each, whoever notices them, and whatever the index forgets.
create table public.datasets_told (
    -- Of the lake's address, the version, and when it was published: the id of its event.
    id uuid primary key,
    told_at timestamptz not null default now()
);
alter table public.datasets_told enable row level security;
alter table public.datasets_told force row level security;
revoke all on public.datasets_told from public, anon, authenticated;
grant select, insert on public.datasets_told to lianghu_states;
create policy workers on public.datasets_told for all to lianghu_states
    using ((select current_setting('role', true)) = 'lianghu_worker');

-- Of the versions that a lake lists those that are noted.
create function lianghu.known_datasets(p_identities text[])
    returns table (identity text, source text, number integer, published_at text)
    language sql stable security definer set search_path = ''
as $$
    select d.identity, d.source, d.number, d.published_at from public.datasets d where d.identity = any (p_identities)
$$;

create function lianghu.dataset_bodies(p_identities text[]) returns table (identity text, manifest text, findings text)
    language sql stable security definer set search_path = ''
as $$
    select d.identity, d.manifest::text, d.findings::text from public.datasets d where d.identity = any (p_identities)
$$;

-- [{identity, event_id, source, number, published_at, manifest, findings}]. What was noted long ago is forgotten, and noted again if it is
-- still there. What nobody told of yet is told now, in the order in which it was published.
create function lianghu.note_datasets(p_rows json) returns void
    language sql security definer set search_path = ''
as $$
    delete from public.datasets d where d.noted_at < now() - interval '90 days';
    insert into public.datasets (identity, source, number, published_at, manifest, findings)
    select r.identity, r.source, r.number, r.published_at, r.manifest, r.findings
    from json_to_recordset(p_rows) as r (identity text, source text, number integer, published_at text, manifest json, findings json)
    on conflict do nothing;
    with told as (
        insert into public.datasets_told (id)
        select distinct r.event_id from json_to_recordset(p_rows) as r (event_id uuid)
        on conflict do nothing
        returning id
    )
    insert into public.outbox (id, body)
    select r.event_id, jsonb_build_object(
        'event', 'dataset.published', 'at', to_json(now()), 'version', r.source || ':v' || r.number, 'source', r.source,
        'number', r.number, 'published_at', r.published_at
    )
    from told t
    join json_to_recordset(p_rows) as r (event_id uuid, source text, number integer, published_at text) on r.event_id = t.id
    order by r.published_at, r.source, r.number
    on conflict do nothing
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.known_datasets, lianghu.dataset_bodies, lianghu.note_datasets to lianghu_worker;
