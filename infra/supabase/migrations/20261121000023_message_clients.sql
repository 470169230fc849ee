-- Programs that send their calls as messages to a queue, and get the answers in a queue of their own.

create table public.message_clients (
    id uuid primary key,
    owner uuid not null references auth.users (id) on delete cascade,
    name text not null check (char_length(name) between 1 and 100),
    -- As of an API key: never 'account'.
    scopes text[] not null check (cardinality(scopes) between 1 and 4 and scopes <@ array['read', 'run', 'strategies', 'share']),
    -- The one queue that answers go to. The names that are allowed are no queue's of the platform itself.
    reply_queue text not null check (reply_queue ~ '^arn:aws[a-z-]{0,10}:sqs:[a-z0-9-]{1,30}:[0-9]{12}:lianghu-replies-[A-Za-z0-9_-]{1,64}$'),
    -- A message that was sent longer ago is not answered; less than the day for which answers to writes are kept.
    window_seconds integer not null check (window_seconds between 10 and 43200),
    -- Requests of a rate limit's window; null: as many as the platform gives a key.
    requests integer check (requests >= 1),
    -- The key is made from a secret of the platform, the id and this number: no row holds it.
    version integer not null default 1 check (version >= 1),
    -- The key before this one is good until then.
    previous_until timestamptz,
    created_at timestamptz not null default now(),
    -- When its owner showed that they read the reply queue; nothing is answered before.
    confirmed_at timestamptz,
    -- Within a minute.
    last_used_at timestamptz
);
create index message_clients_list on public.message_clients (owner, created_at);
call lianghu.protect('message_clients', true);
grant update (version, previous_until, confirmed_at, last_used_at), delete on public.message_clients to lianghu_states;

create function lianghu.create_message_client(
    p_client uuid, p_name text, p_scopes text[], p_reply_queue text, p_window_seconds integer, p_requests integer
) returns public.message_clients
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_client public.message_clients;
begin
    -- One at a time for each user, or two at once would both be the twentieth.
    perform pg_advisory_xact_lock(hashtextextended('lianghu.message_clients/' || v_owner, 0));
    if (select count(*) >= 20 from public.message_clients c where c.owner = v_owner) then
        raise exception 'you have 20 message clients, which is the most; revoke one that is not used' using errcode = 'PT409';
    end if;
    insert into public.message_clients (id, owner, name, scopes, reply_queue, window_seconds, requests)
    values (p_client, v_owner, p_name, p_scopes, p_reply_queue, p_window_seconds, p_requests)
    returning * into v_client;
    return v_client;
end
$$;

-- Its owner has read, in the reply queue, what was sent there. False: there is no such client (any more).
create function lianghu.confirm_message_client(p_client uuid) returns boolean
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.message_clients c set confirmed_at = coalesce(c.confirmed_at, now())
    where c.id = p_client and c.owner = lianghu.require_user();
    return found;
end
$$;

-- The next key; the one before it stays good for so long. No row: there is no such client (any more).
create function lianghu.rotate_message_client(p_client uuid, p_overlap_seconds integer) returns setof public.message_clients
    language plpgsql security definer set search_path = ''
as $$
begin
    return query
        update public.message_clients c
        set version = c.version + 1, previous_until = now() + make_interval(secs => p_overlap_seconds)
        where c.id = p_client and c.owner = lianghu.require_user()
        returning c.*;
end
$$;

-- False: there is no such client (any more).
create function lianghu.revoke_message_client(p_client uuid) returns boolean
    language plpgsql security definer set search_path = ''
as $$
begin
    delete from public.message_clients c where c.id = p_client and c.owner = lianghu.require_user();
    return found;
end
$$;

-- What a message is checked against, before anybody believes it; no row: there is no such client (any more).
create function lianghu.find_message_client(p_client uuid)
    returns table (
        owner uuid, scopes text[], reply_queue text, window_seconds integer, version integer, previous_until timestamptz, is_confirmed boolean,
        read_at timestamptz
    )
    language sql stable security definer set search_path = ''
as $$
    select c.owner, c.scopes, c.reply_queue, c.window_seconds, c.version, c.previous_until, c.confirmed_at is not null, now()
    from public.message_clients c where c.id = p_client
$$;

-- A call of a client whose message was found to be its own: counted for the owner and for the client, as a request with a key is. No row:
-- the client was revoked meanwhile. Whoever calls this is the client's owner for the rest of the transaction.
create function lianghu.admit_message_client(p_client uuid, p_requests integer, p_key_requests integer, p_window_seconds integer)
    returns table (owner uuid, key_id uuid, scopes text[], read_only boolean, plan text, requests integer, remaining integer, reset_at timestamptz)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_client public.message_clients;
    v_key public.api_keys;
begin
    select * into v_client from public.message_clients c where c.id = p_client and c.confirmed_at is not null;
    if not found then
        return;
    end if;
    if v_client.last_used_at is null or v_client.last_used_at < now() - interval '1 minute' then
        update public.message_clients c set last_used_at = now()
        where c.id = p_client and (c.last_used_at is null or c.last_used_at < now() - interval '1 minute');
    end if;
    perform set_config('request.jwt.claims', jsonb_build_object('sub', v_client.owner)::text, true);
    v_key.id := v_client.id;
    v_key.owner := v_client.owner;
    v_key.scopes := v_client.scopes;
    v_key.requests := v_client.requests;
    return query select * from lianghu.admitted(v_key, p_requests, p_key_requests, p_window_seconds);
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.create_message_client, lianghu.confirm_message_client, lianghu.rotate_message_client,
    lianghu.revoke_message_client to authenticated;
grant execute on function lianghu.find_message_client, lianghu.admit_message_client to lianghu_worker;
