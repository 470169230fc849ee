-- What a Supabase project has before our first migration: its roles, schema auth and the functions that policies use.
-- Run as the superuser at every start of the local stack; running it again changes nothing.
-- The login roles (postgres, supabase_auth_admin, lianghu_login) are made by infra/local/postgres.py, which knows their passwords.

do $$
begin
    if not exists (select from pg_roles where rolname = 'anon') then
        create role anon nologin noinherit;
        create role authenticated nologin noinherit;
        create role service_role nologin noinherit bypassrls;
    end if;
end
$$;

-- As on Supabase, migrations run as postgres, which is no superuser.
alter role postgres inherit createdb createrole bypassrls;
grant anon, authenticated, service_role to postgres with admin option;
alter database postgres owner to postgres;
grant create on database postgres to postgres;
grant set on parameter session_replication_role to postgres;  -- for restoring dumps

-- The functions' login has no rights of its own: every transaction names the role that it acts as.
grant anon, authenticated to lianghu_login;

create schema if not exists extensions;
grant usage on schema extensions to postgres, anon, authenticated, service_role;
do $$
begin
    if exists (select from pg_available_extensions where name = 'pgcrypto') then
        create extension if not exists pgcrypto schema extensions;
    end if;
end
$$;

create schema if not exists auth authorization supabase_auth_admin;
set role supabase_auth_admin;

create table if not exists auth.users (
    id uuid primary key default gen_random_uuid(),
    aud text not null default 'authenticated',
    role text not null default 'authenticated',
    email text not null unique,
    encrypted_password text not null,
    email_confirmed_at timestamptz default now(),
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb not null default '{"provider": "email", "providers": ["email"]}',
    raw_user_meta_data jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- A sign-in; signing out removes it, and with it every token that grew from it.
create table if not exists auth.sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    created_at timestamptz not null default now()
);
create index if not exists sessions_user on auth.sessions (user_id);

-- Only hashes are kept. A token is used once; using it again ends the session (it was stolen), but for the seconds after its first use.
create table if not exists auth.refresh_tokens (
    token_hash bytea primary key,
    session_id uuid not null references auth.sessions (id) on delete cascade,
    created_at timestamptz not null default now(),
    used_at timestamptz
);
create index if not exists refresh_tokens_session on auth.refresh_tokens (session_id);

alter table auth.users add column if not exists invited_at timestamptz, add column if not exists banned_until timestamptz;

-- Links that sign in once: invitations and forgotten passwords. Only hashes are kept.
create table if not exists auth.one_time_tokens (
    token_hash bytea primary key,
    user_id uuid not null references auth.users (id) on delete cascade,
    kind text not null check (kind in ('signup', 'invite', 'recovery', 'magiclink')),
    created_at timestamptz not null default now(),
    unique (user_id, kind)
);

create or replace function auth.jwt() returns jsonb language sql stable
    as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create or replace function auth.uid() returns uuid language sql stable
    as $$ select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
create or replace function auth.role() returns text language sql stable
    as $$ select auth.jwt() ->> 'role' $$;

grant usage on schema auth to postgres, anon, authenticated, service_role;
grant all on all tables in schema auth to postgres;
reset role;

-- Supabase opens schema public to its API roles: row-level security is what protects rows, and migrations must revoke what they do not want.
grant usage on schema public to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to postgres, anon, authenticated, service_role;
