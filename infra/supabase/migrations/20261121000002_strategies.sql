-- Strategies with immutable versions, and backtests: a version in a context that is resolved and pinned.
-- A table of signals from outside (orders or weights) is a strategy of another kind, with one version: what refers to one refers to both.

create table public.strategies (
    id uuid primary key default gen_random_uuid(),
    owner uuid not null default auth.uid() references auth.users (id) on delete cascade,
    kind text not null default 'rules' check (kind in ('rules', 'orders', 'weights')),
    name text not null check (char_length(name) between 1 and 200),
    tags text[] not null default '{}' check (cardinality(tags) <= 20),
    -- Of signals: what their table says in a few figures, for lists.
    facts jsonb,
    -- Deleted, while results still refer to its versions.
    hidden_at timestamptz,
    created_at timestamptz not null default now(),
    unique (id, owner)
);
create index strategies_owner on public.strategies (owner, created_at);
-- Rules are found by their name; signals may share one.
create unique index strategies_name on public.strategies (owner, name) where kind = 'rules' and hidden_at is null;
create index strategies_signals on public.strategies (owner, name) where kind <> 'rules' and hidden_at is null;

create table public.strategy_versions (
    id uuid primary key default gen_random_uuid(),
    strategy_id uuid not null,
    owner uuid not null default auth.uid(),
    version integer not null check (version >= 1),
    -- A text of rules; or the document of a table of signals, which is a body of 1 MiB in other quotes.
    source text not null check (octet_length(source) <= 4194304),
    identity text not null,
    created_at timestamptz not null default now(),
    unique (strategy_id, version),
    unique (id, owner),
    foreign key (strategy_id, owner) references public.strategies (id, owner) on delete cascade
);
create index strategy_versions_identity on public.strategy_versions (strategy_id, identity);

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
