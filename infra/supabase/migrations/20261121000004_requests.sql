-- What the API remembers of requests.

create table public.idempotency (
    owner uuid not null references auth.users (id) on delete cascade,
    key uuid not null,
    request_hash text not null,
    -- Null while the first call runs.
    status smallint,
    body bytea,
    content_type text,
    created_at timestamptz not null default now(),
    primary key (owner, key)
);
create index idempotency_old on public.idempotency (created_at);
