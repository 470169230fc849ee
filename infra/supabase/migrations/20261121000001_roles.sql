-- Who may do what. Users read their own rows; every change is a function of schema `lianghu`, which no REST gateway exposes.
--
--   authenticated    a signed-in user: SELECT on own rows, EXECUTE on the functions for users
--   anon             somebody who has not signed in: EXECUTE on very few functions, not one table
--   lianghu_worker   planner, worker, aggregator, sweeper: EXECUTE on the functions for workers, not one table
--   lianghu_states   owns the functions; bypasses nothing: policies let it see the rows of the user in whose name it runs,
--                    and all rows only when a worker called

create role lianghu_worker nologin noinherit;
create role lianghu_states nologin noinherit;

do $$
begin
    -- The login of DATABASE_URL takes these roles inside its transactions; locally another login gets the same grant.
    execute format('grant lianghu_worker to %I', current_user);
    execute format('grant lianghu_states to %I', current_user);
end
$$;

create schema lianghu authorization lianghu_states;
grant usage on schema lianghu to anon, authenticated, lianghu_worker;
grant usage on schema public to lianghu_states;

-- `requester` is auth.uid() for functions whose role may not use schema auth.
create function lianghu.requester() returns uuid
    language sql stable set search_path = ''
    as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;

create function lianghu.require_user() returns uuid
    language plpgsql stable set search_path = ''
as $$
begin
    if lianghu.requester() is null then
        raise exception 'nobody is signed in' using errcode = 'PT401';
    end if;
    return lianghu.requester();
end
$$;

-- Every migration that makes a table calls this for it: row-level security, forced on its owner too. Users write no table, and read their own
-- rows only where `p_readable`; the functions of this schema read and insert, and get what else they need by grants of their own.
-- Supabase grants new tables and sequences to its API roles; that is taken back.
create procedure lianghu.protect(p_table text, p_readable boolean)
    language plpgsql set search_path = ''
as $$
begin
    execute format('alter table public.%I enable row level security', p_table);
    execute format('alter table public.%I force row level security', p_table);
    execute format('revoke all on public.%I from public, anon, authenticated', p_table);
    revoke all on all sequences in schema public from public, anon, authenticated;
    if p_readable then
        execute format('grant select on public.%I to authenticated', p_table);
        execute format('create policy own_rows on public.%I for select to authenticated using (owner = (select auth.uid()))', p_table);
    end if;
    execute format('grant select, insert on public.%I to lianghu_states', p_table);
    -- The subqueries are evaluated once a statement, not once a row.
    execute format(
        'create policy states on public.%I for all to lianghu_states using ('
        'owner = (select lianghu.requester()) or (select current_setting(''role'', true)) = ''lianghu_worker'')',
        p_table
    );
end
$$;

-- Every migration that makes functions ends with this, and then says who may call which of them.
create procedure lianghu.hand_over_functions()
    language plpgsql set search_path = ''
as $$
declare
    v_name text;
begin
    for v_name in
        select p.oid::regprocedure::text from pg_catalog.pg_proc p
        where p.pronamespace = 'lianghu'::regnamespace and p.prokind = 'f' and p.proowner <> 'lianghu_states'::regrole
    loop
        execute format('revoke execute on function %s from public', v_name);
        execute format('alter function %s owner to lianghu_states', v_name);
    end loop;
end
$$;
revoke execute on procedure lianghu.protect, lianghu.hand_over_functions from public;
