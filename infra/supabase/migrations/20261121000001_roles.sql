-- Who may do what. Users read their own rows; every change is a function of schema `lianghu`, which no REST gateway exposes.
--
--   authenticated    a signed-in user: SELECT on own rows, EXECUTE on the functions for users
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
grant usage on schema lianghu to authenticated, lianghu_worker;
grant usage on schema public to lianghu_states;

-- `requester` is auth.uid() for functions whose role may not use schema auth.
create function lianghu.requester() returns uuid
    language sql stable set search_path = ''
    as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;

