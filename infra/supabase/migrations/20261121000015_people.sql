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

-- Hints, never limits: work is not refused because of them. Combinations and compute seconds are a month's. `weight` is no quota: how large
-- a share of busy workers somebody has beside the others.
insert into public.system_config (name, value) values
    ('plan/free', '{"combinations": 20000, "compute_seconds": 3600, "strategies": 50, "shares": 10, "weight": 1}'),
    ('plan/pro', '{"combinations": 1000000, "compute_seconds": 180000, "strategies": 1000, "shares": 500, "weight": 4}'),
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
-- Measures are of a range of days, whoever submitted.
create index grids_created on public.grids (created_at);

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

-- The beginning of a month or a day of Shanghai.
create function lianghu.beginning_of(p_day date) returns timestamptz
    language sql stable set search_path = ''
    as $$ select p_day::timestamp at time zone 'Asia/Shanghai' $$;

-- The caller's plan, its quotas and what is used of them; one trip for /api/me, and one for the hints of a submission.
create function lianghu.allowance() returns table (
    plan text, read_only boolean, first_seen date, quotas jsonb, used jsonb, month_ends timestamptz, notices jsonb
)
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_profile public.profiles := lianghu.touch_profile(v_owner);
    v_month date := date_trunc('month', lianghu.today())::date;
begin
    return query
    select
        v_profile.plan, v_profile.read_only, v_profile.first_seen,
        (select c.value from public.system_config c where c.name = 'plan/' || v_profile.plan),
        jsonb_build_object(
            'combinations', g.combinations, 'compute_seconds', g.compute_seconds,
            'strategies', (
                select count(*) from public.strategies s where s.owner = v_owner and s.kind = 'rules' and s.hidden_at is null
            ),
            'shares', (
                select count(*) from public.shares h where h.owner = v_owner and h.expires_at > now() and h.revoked_at is null
            )
        ),
        lianghu.beginning_of((v_month + interval '1 month')::date),
        (select c.value from public.system_config c where c.name = 'notices')
    from (
        select coalesce(sum(t.runs), 0) as combinations, round(coalesce(sum(t.spent_ms), 0) / 1000, 1) as compute_seconds
        from public.grids t where t.owner = v_owner and t.created_at >= lianghu.beginning_of(v_month)
    ) g;
end
$$;

-- Functions for operators.

create function lianghu.set_plan(p_owner uuid, p_plan text) returns void
    language sql security definer set search_path = ''
as $$
    insert into public.profiles as p (owner, plan) values (p_owner, p_plan) on conflict (owner) do update set plan = excluded.plan
$$;

create function lianghu.set_read_only(p_owner uuid, p_read_only boolean) returns void
    language sql security definer set search_path = ''
as $$
    insert into public.profiles as p (owner, read_only) values (p_owner, p_read_only)
    on conflict (owner) do update set read_only = excluded.read_only
$$;

create function lianghu.people(p_owners uuid[])
    returns table (owner uuid, plan text, read_only boolean, first_seen date, last_seen date, submissions bigint)
    language sql stable security definer set search_path = ''
as $$
    select p.owner, p.plan, p.read_only, p.first_seen, p.last_seen, (select count(*) from public.grids g where g.owner = p.owner)
    from public.profiles p where p.owner = any (p_owners)
$$;

-- Newest first.
create function lianghu.list_feedback(p_limit integer)
    returns table (id uuid, owner uuid, kind text, message text, page text, created_at timestamptz)
    language sql stable security definer set search_path = ''
as $$
    select f.id, f.owner, f.kind, f.message, f.page, f.created_at from public.feedback f order by f.created_at desc, f.id desc limit p_limit
$$;

create function lianghu.read_config() returns table (name text, value jsonb, changed_at timestamptz)
    language sql stable security definer set search_path = ''
    as $$ select c.name, c.value, c.changed_at from public.system_config c order by c.name $$;

create function lianghu.change_config(p_name text, p_value jsonb) returns void
    language plpgsql security definer set search_path = ''
as $$
begin
    update public.system_config c set value = p_value, changed_at = now() where c.name = p_name;
    if not found then
        raise exception 'there is no setting %', p_name using errcode = 'PT404';
    end if;
end
$$;

-- The product's own measures of a range of days, both ends included. docs/people.md says what each of them is.
create function lianghu.measures(p_from date, p_to date) returns jsonb
    language plpgsql stable security definer set search_path = ''
as $$
begin
    return (
        with submitted as (
            select
                g.owner, g.aggregated_at is not null as ended, coalesce((g.summary -> 'counts' ->> 'succeeded')::bigint, 0) > 0 as completed,
                extract(epoch from g.finished_at - g.created_at) as seconds, extract(epoch from g.started_at - g.created_at) as waited
            from public.grids g
            where g.created_at >= lianghu.beginning_of(p_from) and g.created_at < lianghu.beginning_of(p_to + 1)
        ), persons as (
            select * from public.profiles p where not p.read_only
        ), months as (
            select g.owner, sum(g.runs) as combinations, sum(g.spent_ms) / 1000 as compute_seconds
            from public.grids g
            where g.created_at >= lianghu.beginning_of(date_trunc('month', p_to)::date)
                and g.created_at < lianghu.beginning_of((date_trunc('month', p_to) + interval '1 month')::date)
            group by g.owner
        )
        select jsonb_build_object(
            'submissions', (
                select jsonb_build_object(
                    'submitted', count(*),
                    'ended', count(*) filter (where s.ended),
                    'completed', count(*) filter (where s.ended and s.completed),
                    'mean_seconds', avg(s.seconds) filter (where s.ended and s.completed),
                    'mean_wait_seconds', avg(s.waited),
                    'p95_wait_seconds', percentile_cont(0.95) within group (order by s.waited)
                ) from submitted s
            ),
            'people', (
                select jsonb_build_object(
                    'all', count(*),
                    'new', count(*) filter (where p.first_seen between p_from and p_to),
                    'seen_within_30_days', count(*) filter (where p.last_seen > lianghu.today() - 30),
                    'seen_for_a_week_or_longer_ago', count(*) filter (where p.first_seen between p_from and least(p_to, lianghu.today() - 7)),
                    'of_them_back_after_7_days', count(*) filter (
                        where p.first_seen between p_from and least(p_to, lianghu.today() - 7) and p.last_seen >= p.first_seen + 7
                    ),
                    'submitting', (select count(distinct s.owner) from submitted s),
                    'with_3_completed', (
                        select count(*) from (
                            select from submitted s where s.ended and s.completed group by s.owner having count(*) >= 3
                        ) as often
                    )
                ) from persons p
            ),
            'quotas', (
                select jsonb_build_object(
                    'submitting_this_month', count(*),
                    'exhausted', count(*) filter (
                        where m.combinations >= (c.value ->> 'combinations')::numeric
                            or m.compute_seconds >= (c.value ->> 'compute_seconds')::numeric
                    )
                )
                from months m
                left join public.profiles p on p.owner = m.owner
                join public.system_config c on c.name = 'plan/' || coalesce(p.plan, 'free')
            ),
            'plans', (select coalesce(jsonb_object_agg(n.plan, n.people), '{}') from (
                select p.plan, count(*) as people from persons p group by p.plan
            ) n),
            'events', (select coalesce(jsonb_agg(n order by n.event, n.count desc, n.subject), '[]') from (
                select e.event, e.subject, sum(e.count) as count from public.product_events e
                where e.day between p_from and p_to group by e.event, e.subject
            ) n),
            'feedback', (select coalesce(jsonb_object_agg(n.kind, n.messages), '{}') from (
                select f.kind, count(*) as messages from public.feedback f
                where f.created_at >= lianghu.beginning_of(p_from) and f.created_at < lianghu.beginning_of(p_to + 1) group by f.kind
            ) n)
        )
    );
end
$$;

call lianghu.hand_over_functions();
grant execute on function lianghu.touch_profile, lianghu.give_feedback, lianghu.allowance to authenticated;
grant execute on function lianghu.count_event to authenticated, anon;
grant execute on function
    lianghu.set_plan, lianghu.set_read_only, lianghu.people, lianghu.list_feedback, lianghu.read_config, lianghu.change_config,
    lianghu.measures
    to lianghu_operator;
