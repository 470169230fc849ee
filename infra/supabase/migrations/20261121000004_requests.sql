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
call lianghu.protect('idempotency', false);
grant update, delete on public.idempotency to lianghu_states;

create function lianghu.begin_idempotent(p_key uuid, p_request_hash text)
    returns table (state text, status smallint, body bytea, content_type text)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_row public.idempotency;
begin
    loop
        insert into public.idempotency (owner, key, request_hash) values (v_owner, p_key, p_request_hash) on conflict do nothing;
        if found then
            return query select 'new', null::smallint, null::bytea, null;
            return;
        end if;
        select * into v_row from public.idempotency i where i.owner = v_owner and i.key = p_key for update;
        exit when found;  -- Else the call that held the key has given it back between the two statements.
    end loop;
    -- A day has passed, or the call that took the key has died.
    if v_row.created_at < now() - interval '24 hours' or (v_row.status is null and v_row.created_at < now() - interval '1 minute') then
        update public.idempotency i set request_hash = p_request_hash, status = null, body = null, content_type = null, created_at = now()
        where i.owner = v_owner and i.key = p_key;
        return query select 'new', null::smallint, null::bytea, null;
    elsif v_row.request_hash is distinct from p_request_hash then
        return query select 'other', null::smallint, null::bytea, null;
    elsif v_row.status is null then
        return query select 'running', null::smallint, null::bytea, null;
    else
        return query select 'done', v_row.status, v_row.body, v_row.content_type;
    end if;
end
$$;

-- In the transaction of what is answered: a call that was thought dead, and whose key another one took, undoes what it did.
create function lianghu.finish_idempotent(p_key uuid, p_status integer, p_body bytea, p_content_type text) returns void
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.idempotency i set status = p_status, body = p_body, content_type = p_content_type
    where i.owner = lianghu.requester() and i.key = p_key and i.status is null;
    if not found then
        raise exception 'another call with this Idempotency-Key was faster; ask again for its answer' using errcode = 'PT409';
    end if;
end
$$;

create function lianghu.drop_idempotent(p_key uuid) returns void
    language sql security definer set search_path = ''
as $$
    delete from public.idempotency i where i.owner = lianghu.requester() and i.key = p_key and i.status is null
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.begin_idempotent, lianghu.finish_idempotent, lianghu.drop_idempotent to authenticated;
