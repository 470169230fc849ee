-- What the API remembers of requests, and the index of the lake's dataset versions.

create table public.idempotency (
    owner uuid not null references auth.users (id) on delete cascade,
    key uuid not null,
    request_hash text not null,
    -- Null while the first call runs.
    status smallint,
    body bytea,
    created_at timestamptz not null default now(),
    primary key (owner, key)
);
create index idempotency_old on public.idempotency (created_at);

create table public.rate_limits (
    owner uuid primary key references auth.users (id) on delete cascade,
    window_start timestamptz not null,
    requests integer not null
);

-- The manifests in the lake are the truth; this is for pickers.
create table public.datasets (
    version text primary key,
    source text not null,
    summary jsonb not null default '{}',
    published_at timestamptz not null default now()
);
create index datasets_newest on public.datasets (published_at desc, version desc);
