-- Admission: API keys, and one call for each request that says who makes it, what they may, and how many more they may make.

create table public.api_keys (
    id uuid primary key,
    owner uuid not null references auth.users (id) on delete cascade,
    name text not null check (char_length(name) between 1 and 100),
    -- sha256 of the whole key. Its secret has 256 random bits: nobody guesses it, so it needs no salt and no slow hash.
    key_hash bytea not null check (octet_length(key_hash) = 32),
    -- Never 'account': a key makes no keys and changes no account.
    scopes text[] not null check (cardinality(scopes) between 1 and 4 and scopes <@ array['read', 'run', 'strategies', 'share']),
    -- Requests of a window; null: as many as the platform gives a key.
    requests integer check (requests >= 1),
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    -- Within a minute.
    last_used_at timestamptz
);
create index api_keys_list on public.api_keys (owner, created_at);

-- Requests of a user, and of each key, in the window that runs. Counts of a minute: what a crash of the database forgets harms nobody.
create unlogged table public.rate_limits (
    -- The user's id or the key's.
    subject uuid primary key,
    owner uuid not null references auth.users (id) on delete cascade,
    window_start timestamptz not null,
    requests integer not null
);
create index rate_limits_owner on public.rate_limits (owner);
create index rate_limits_old on public.rate_limits (window_start);

call lianghu.protect('api_keys', true);
-- Its owner sees everything of a key but the hash.
revoke select on public.api_keys from authenticated;
grant select (id, owner, name, scopes, requests, created_at, expires_at, last_used_at) on public.api_keys to authenticated;
grant update (last_used_at), delete on public.api_keys to lianghu_states;
-- A key opens its own row to whoever shows it, before anybody knows whose it is.
create policy shown on public.api_keys for select to lianghu_states
    using (key_hash = (select decode(coalesce(current_setting('lianghu.shown_key', true), ''), 'hex')));

call lianghu.protect('rate_limits', false);
grant update, delete on public.rate_limits to lianghu_states;

-- Counts a request of somebody in a fixed window: how many there were, with this one. One that began before the window did, and waited for
-- the row, counts in the window that runs: else it would begin the count anew. A window far ahead is one of a clock that was put right.
create function lianghu.count_request(p_subject uuid, p_owner uuid, p_window_start timestamptz) returns integer
    language sql security definer set search_path = ''
as $$
    insert into public.rate_limits as l (subject, owner, window_start, requests) values (p_subject, p_owner, p_window_start, 1)
    on conflict (subject) do update set (requests, window_start) = (
        select case when w.runs then l.requests + 1 else 1 end, case when w.runs then l.window_start else excluded.window_start end
        from (select l.window_start between excluded.window_start and excluded.window_start + interval '5 minutes' as runs) w
    )
    returning l.requests
$$;

-- A request of whoever the claims name, with a key (null: signed in). Limits and what is left are those of the tighter of the two.
create function lianghu.admitted(p_key public.api_keys, p_requests integer, p_key_requests integer, p_window_seconds integer)
    returns table (owner uuid, key_id uuid, scopes text[], read_only boolean, plan text, requests integer, remaining integer, reset_at timestamptz)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_start timestamptz := to_timestamp(floor(extract(epoch from now()) / p_window_seconds) * p_window_seconds);
    v_profile public.profiles;
    v_key_requests integer := least(coalesce(p_key.requests, p_key_requests), p_key_requests);
    v_key_left integer;
begin
    -- Nothing that is written here is worth waiting for the disk.
    perform set_config('synchronous_commit', 'off', true);
    v_profile := lianghu.touch_profile(v_owner);
    owner := v_owner;
    key_id := p_key.id;
    scopes := p_key.scopes;
    read_only := v_profile.read_only;
    plan := v_profile.plan;
    reset_at := v_start + make_interval(secs => p_window_seconds);
    -- Always the user first, so that two requests never wait for each other in a circle.
    requests := p_requests;
    remaining := p_requests - lianghu.count_request(v_owner, v_owner, v_start);
    if p_key.id is not null then
        v_key_left := v_key_requests - lianghu.count_request(p_key.id, v_owner, v_start);
        if v_key_left < remaining then
            requests := v_key_requests;
            remaining := v_key_left;
        end if;
    end if;
    return next;
end
$$;

-- A signed-in user's request. Foreign key violation: the account does not exist any more.
create function lianghu.admit(p_requests integer, p_window_seconds integer)
    returns table (owner uuid, key_id uuid, scopes text[], read_only boolean, plan text, requests integer, remaining integer, reset_at timestamptz)
    language sql security definer set search_path = ''
    as $$ select * from lianghu.admitted(null, p_requests, p_requests, p_window_seconds) $$;

-- A request with a key; no row: there is no such key, or it has expired. Whoever calls this is nobody until the key is found, and its owner
-- for the rest of the transaction.
create function lianghu.admit_key(p_key uuid, p_key_hash bytea, p_requests integer, p_key_requests integer, p_window_seconds integer)
    returns table (owner uuid, key_id uuid, scopes text[], read_only boolean, plan text, requests integer, remaining integer, reset_at timestamptz)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_key public.api_keys;
begin
    perform set_config('lianghu.shown_key', encode(p_key_hash, 'hex'), true);
    select * into v_key from public.api_keys k
    where k.id = p_key and k.key_hash = p_key_hash and (k.expires_at is null or k.expires_at > now());
    if not found then
        return;
    end if;
    perform set_config('request.jwt.claims', jsonb_build_object('sub', v_key.owner)::text, true);
    if v_key.last_used_at is null or v_key.last_used_at < now() - interval '1 minute' then
        update public.api_keys k set last_used_at = now()
        where k.id = p_key and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
    end if;
    return query select * from lianghu.admitted(v_key, p_requests, p_key_requests, p_window_seconds);
end
$$;

-- A new key; p_days null: it does not expire.
create function lianghu.create_key(
    p_key uuid, p_key_hash bytea, p_name text, p_scopes text[], p_days integer, p_requests integer
) returns public.api_keys
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_key public.api_keys;
begin
    -- One at a time for each user, or two at once would both be the twentieth.
    perform pg_advisory_xact_lock(hashtextextended('lianghu.api_keys/' || v_owner, 0));
    if (select count(*) >= 20 from public.api_keys k where k.owner = v_owner and (k.expires_at is null or k.expires_at > now())) then
        raise exception 'you have 20 API keys, which is the most; revoke one that is not used' using errcode = 'PT409';
    end if;
    delete from public.api_keys k where k.owner = v_owner and k.expires_at < now() - interval '30 days';
    insert into public.api_keys (id, owner, name, key_hash, scopes, requests, expires_at)
    values (p_key, v_owner, p_name, p_key_hash, p_scopes, p_requests, now() + make_interval(days => p_days))
    returning * into v_key;
    return v_key;
end
$$;

-- False: there is no such key (any more).
create function lianghu.revoke_key(p_key uuid) returns boolean
    language plpgsql security definer set search_path = ''
as $$
begin
    delete from public.api_keys k where k.id = p_key and k.owner = lianghu.require_user();
    return found;
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.admit, lianghu.create_key, lianghu.revoke_key to authenticated;
grant execute on function lianghu.admit_key to anon;
