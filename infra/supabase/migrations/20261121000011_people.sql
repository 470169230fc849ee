-- People: what the platform keeps of each of them, plans and their quotas, counts of what is used, and feedback.
--
--   lianghu_operator   whoever runs the platform: EXECUTE on the functions for operators, not one table. The login of the functions cannot take it.
--
-- Days and months are those of Shanghai.

create role lianghu_operator nologin noinherit;

do $$
begin
    -- Whoever migrates may act as the operator.
    execute format('grant lianghu_operator to %I', current_user);
end
$$;
grant usage on schema lianghu to lianghu_operator;

create function lianghu.today() returns date
    language sql stable set search_path = ''
    as $$ select (now() at time zone 'Asia/Shanghai')::date $$;

create table public.profiles (
    owner uuid primary key references auth.users (id) on delete cascade,
    plan text not null default 'free' check (plan in ('free', 'pro')),
    -- An account to look around in, shared by many: it changes nothing.
    read_only boolean not null default false,
    first_seen date not null default lianghu.today(),
    last_seen date not null default lianghu.today()
);

-- What operators set: 'plan/<name>' holds quotas, 'notices' the texts that everybody reads. Nothing secret belongs here.
create table public.system_config (
    name text primary key check (name ~ '^[a-z_/]{1,40}$'),
    value jsonb not null,
    changed_at timestamptz not null default now()
);

-- Hints, never limits: work is not refused because of them. Combinations and compute seconds are a month's.
insert into public.system_config (name, value) values
    ('plan/free', '{"combinations": 20000, "compute_seconds": 3600, "strategies": 50, "shares": 10}'),
    ('plan/pro', '{"combinations": 1000000, "compute_seconds": 180000, "strategies": 1000, "shares": 500}'),
    ('notices', '[]');

-- How often something was used on a day: counts, of nobody.
create table public.product_events (
    day date not null default lianghu.today(),
    event text not null check (event ~ '^[a-z_]{1,40}$'),
    subject text not null check (subject ~ '^[a-z0-9_.-]{0,60}$'),
    count bigint not null default 1,
    primary key (day, event, subject)
);

create table public.feedback (
    id uuid primary key default gen_random_uuid(),
    owner uuid not null references auth.users (id) on delete cascade,
    kind text not null check (kind in ('problem', 'idea', 'question', 'other')),
    message text not null check (char_length(message) between 1 and 4000),
    page text not null default '' check (char_length(page) <= 500),
    created_at timestamptz not null default now()
);
create index feedback_owner on public.feedback (owner, created_at);
create index feedback_list on public.feedback (created_at, id);

call lianghu.protect('profiles', true);
call lianghu.protect('feedback', false);
grant update (plan, read_only, last_seen) on public.profiles to lianghu_states;

do $$
declare
    v_table text;
begin
    -- Of nobody, so the functions' role needs no owner to see them.
    foreach v_table in array array['system_config', 'product_events'] loop
        execute format('alter table public.%I enable row level security', v_table);
        execute format('alter table public.%I force row level security', v_table);
        execute format('revoke all on public.%I from public, anon, authenticated', v_table);
        execute format('grant select, insert on public.%I to lianghu_states', v_table);
        execute format('create policy states on public.%I for all to lianghu_states using (true)', v_table);
    end loop;
    -- Functions that an operator calls see all rows of these.
    foreach v_table in array array['profiles', 'feedback', 'grids'] loop
        execute format(
            'create policy operator on public.%I for %s to lianghu_states using ((select current_setting(''role'', true)) = ''lianghu_operator'')',
            v_table, case v_table when 'profiles' then 'all' else 'select' end
        );
    end loop;
end
$$;
grant update (value, changed_at) on public.system_config to lianghu_states;
grant update (count) on public.product_events to lianghu_states;

-- Functions for users.

-- The profile of whoever makes a request: made by the first one, dated by the first one of each day. Policies hide it from everybody but
-- its owner, so the claims of the transaction must name the owner already. Foreign key violation: the account does not exist any more.
create function lianghu.touch_profile(p_owner uuid) returns public.profiles
    language plpgsql security definer set search_path = ''
as $$
declare
    v_profile public.profiles;
begin
    select * into v_profile from public.profiles p where p.owner = p_owner;
    if not found or v_profile.last_seen < lianghu.today() then
        insert into public.profiles as p (owner) values (p_owner)
        on conflict (owner) do update set last_seen = greatest(p.last_seen, excluded.last_seen)
        returning * into v_profile;
    end if;
    return v_profile;
end
$$;

-- Counts one use. The caller keeps to few subjects; beyond 200 of an event and a day they share one row, so the table stays small.
create function lianghu.count_event(p_event text, p_subject text) returns void
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.product_events e set count = e.count + 1
    where e.day = lianghu.today() and e.event = p_event and e.subject = p_subject;
    if found then
        return;
    end if;
    insert into public.product_events as e (event, subject)
    values (
        p_event,
        case when (select count(*) < 200 from public.product_events e where e.day = lianghu.today() and e.event = p_event)
            then p_subject else 'others' end
    )
    on conflict (day, event, subject) do update set count = e.count + 1;
end
$$;

-- The id; null: so many of one person within a day are enough.
create function lianghu.give_feedback(p_kind text, p_message text, p_page text) returns uuid
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_id uuid;
begin
    if (select count(*) >= 20 from public.feedback f where f.owner = v_owner and f.created_at > now() - interval '1 day') then
        return null;
    end if;
    insert into public.feedback (owner, kind, message, page) values (v_owner, p_kind, p_message, p_page) returning id into v_id;
    return v_id;
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.touch_profile, lianghu.give_feedback to authenticated;
grant execute on function lianghu.count_event to authenticated, anon;
