-- Strategies with immutable versions, and backtests: a version in a context that is resolved and pinned.

create table public.strategies (
    id uuid primary key default gen_random_uuid(),
    owner uuid not null default auth.uid() references auth.users (id) on delete cascade,
    name text not null check (char_length(name) between 1 and 200),
    created_at timestamptz not null default now(),
    unique (id, owner)
);
create index strategies_owner on public.strategies (owner, created_at);

create table public.strategy_versions (
    id uuid primary key default gen_random_uuid(),
    strategy_id uuid not null,
    owner uuid not null default auth.uid(),
    version integer not null check (version >= 1),
    source text not null check (octet_length(source) <= 1048576),
    identity text not null,
    created_at timestamptz not null default now(),
    unique (strategy_id, version),
    unique (id, owner),
    foreign key (strategy_id, owner) references public.strategies (id, owner) on delete cascade
);

create table public.backtests (
    id uuid primary key default gen_random_uuid(),
    owner uuid not null default auth.uid() references auth.users (id) on delete cascade,
    strategy_version_id uuid not null,
    context jsonb not null check (jsonb_typeof(context) = 'object'),
    notes text not null default '' check (char_length(notes) <= 10000),
    created_at timestamptz not null default now(),
    unique (id, owner),
    -- A version stays as long as a result refers to it; deleting the account removes all of it in the end.
    foreign key (strategy_version_id, owner) references public.strategy_versions (id, owner) on delete cascade
);
create index backtests_owner on public.backtests (owner, created_at desc);
create index backtests_strategy_version on public.backtests (strategy_version_id);
