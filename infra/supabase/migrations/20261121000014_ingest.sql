-- The ingest's pace: how often the data vendor may be called, counted in one place by everybody who shares the account.
--
--   lianghu_ingest   the scheduled ingest and `lianghu data sync` beside it: EXECUTE on the two functions below, and nothing else

create role lianghu_ingest nologin noinherit;

do $$
begin
    -- As for lianghu_worker: the login of DATABASE_URL takes the role inside its transactions.
    execute format('grant lianghu_ingest to %I', current_user);
end
$$;

grant usage on schema lianghu to lianghu_ingest;

-- One row an interface. Its lock is the queue in which callers stand.
create table public.vendor_calls (
    interface text primary key,
    -- When it was called within the last window, oldest first.
    calls timestamptz[] not null default '{}',
    -- After a refusal nobody calls before this.
    held_until timestamptz not null default '-infinity'
);

alter table public.vendor_calls enable row level security;
alter table public.vendor_calls force row level security;
revoke all on public.vendor_calls from public, anon, authenticated;
grant select, insert, update (calls, held_until) on public.vendor_calls to lianghu_states;
create policy ingest on public.vendor_calls for all to lianghu_states
    using ((select current_setting('role', true)) = 'lianghu_ingest');

-- Seconds to wait before asking again; 0: go, the call is counted. At most p_calls within any p_window seconds.
create function lianghu.take_call(p_interface text, p_calls integer, p_window float8) returns float8
    language plpgsql security definer set search_path = ''
as $$
declare
    v_row public.vendor_calls;
    v_now timestamptz;
    v_recent timestamptz[];
begin
    insert into public.vendor_calls (interface) values (p_interface) on conflict do nothing;
    select * into v_row from public.vendor_calls v where v.interface = p_interface for update;
    v_now := clock_timestamp();  -- after the lock, which may have taken a while
    if v_row.held_until > v_now then
        return extract(epoch from v_row.held_until - v_now);
    end if;
    v_recent := array(
        select c.at from unnest(v_row.calls) as c (at) where c.at > v_now - make_interval(secs => p_window) order by c.at
    );
    if cardinality(v_recent) >= greatest(p_calls, 1) then
        return extract(epoch from v_recent[cardinality(v_recent) - greatest(p_calls, 1) + 1] + make_interval(secs => p_window) - v_now);
    end if;
    update public.vendor_calls v set calls = v_recent || v_now where v.interface = p_interface;
    return 0;
end
$$;

-- Nobody calls the interface for so long. A shorter hold does not end a longer one.
create function lianghu.hold_calls(p_interface text, p_seconds float8) returns void
    language sql security definer set search_path = ''
as $$
    insert into public.vendor_calls as v (interface, held_until)
    values (p_interface, clock_timestamp() + make_interval(secs => greatest(p_seconds, 0)))
    on conflict (interface) do update set held_until = greatest(v.held_until, excluded.held_until)
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.take_call, lianghu.hold_calls to lianghu_ingest;
