-- What users do with their strategies and their tables of signals. A version never changes; the newest one is what a strategy's id means.
-- Locks are taken in the order strategy, versions.

grant update (name, tags, hidden_at), delete on public.strategies to lianghu_states;
-- SELECT ... FOR UPDATE asks for UPDATE on a column; no function sets it.
grant update (version), delete on public.strategy_versions to lianghu_states;

-- What the functions below answer.
create type lianghu.strategy_version as (
    id uuid, strategy_id uuid, kind text, name text, version integer, source text, identity text, created_at timestamptz, is_new boolean
);

-- The caller's strategy or table of signals of these kinds that is not deleted, locked; PT404.
create function lianghu.own_strategy(p_strategy uuid, p_kinds text[] default '{rules}') returns public.strategies
    language plpgsql set search_path = ''
as $$
declare
    v_strategy public.strategies;
begin
    perform lianghu.require_user();
    select * into v_strategy from public.strategies s
    where s.id = p_strategy and s.kind = any (p_kinds) and s.hidden_at is null for update;
    if not found then
        raise exception 'there is no % %', case when 'rules' = any (p_kinds) then 'strategy' else 'table of signals' end, p_strategy
            using errcode = 'PT404';
    end if;
    return v_strategy;
end
$$;

-- Who holds the strategy's lock numbers its versions.
create function lianghu.next_version(p_strategy public.strategies, p_source text, p_identity text) returns lianghu.strategy_version
    language sql set search_path = ''
as $$
    insert into public.strategy_versions as v (strategy_id, owner, version, source, identity)
    select
        p_strategy.id, p_strategy.owner,
        coalesce((select max(o.version) from public.strategy_versions o where o.strategy_id = p_strategy.id), 0) + 1, p_source, p_identity
    returning v.id, v.strategy_id, p_strategy.kind, p_strategy.name, v.version, v.source, v.identity, v.created_at, true
$$;

-- A new strategy with its first version; PT409 where the caller has one of that name.
create function lianghu.create_strategy(p_name text, p_source text, p_identity text, p_tags text[]) returns lianghu.strategy_version
    language plpgsql security definer set search_path = ''
as $$
declare
    v_strategy public.strategies;
begin
    insert into public.strategies (owner, name, tags) values (lianghu.require_user(), p_name, p_tags)
    on conflict (owner, name) where kind = 'rules' and hidden_at is null do nothing
    returning * into v_strategy;
    if not found then
        raise exception 'you have a strategy of this name: add a version to it, or take another name' using errcode = 'PT409';
    end if;
    return lianghu.next_version(v_strategy, p_source, p_identity);
end
$$;

-- A text that came with a backtest: the version that says the same in the caller's strategy of that name, else a new version of it,
-- else a new strategy.
create function lianghu.pin_strategy(p_name text, p_source text, p_identity text) returns lianghu.strategy_version
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_strategy public.strategies;
    v_found lianghu.strategy_version;
begin
    loop
        -- `found` afterwards: a strategy that is made or renamed meanwhile is seen in the next turn.
        select * into v_strategy from public.strategies s
        where s.owner = v_owner and s.name = p_name and s.kind = 'rules' and s.hidden_at is null for update;
        exit when found;
        insert into public.strategies (owner, name) values (v_owner, p_name)
        on conflict (owner, name) where kind = 'rules' and hidden_at is null do nothing
        returning * into v_strategy;
        exit when found;
    end loop;
    select v.id, v.strategy_id, v_strategy.kind, v_strategy.name, v.version, v.source, v.identity, v.created_at, false into v_found
    from public.strategy_versions v
    where v.strategy_id = v_strategy.id and v.identity = p_identity order by v.version desc limit 1;
    if v_found.id is null then
        v_found := lianghu.next_version(v_strategy, p_source, p_identity);
    end if;
    return v_found;
end
$$;

-- The newest text from now on; the newest version itself where it says the same.
create function lianghu.add_strategy_version(p_strategy uuid, p_source text, p_identity text) returns lianghu.strategy_version
    language plpgsql security definer set search_path = ''
as $$
declare
    v_strategy public.strategies := lianghu.own_strategy(p_strategy);
    v_newest lianghu.strategy_version;
begin
    select v.id, v.strategy_id, v_strategy.kind, v_strategy.name, v.version, v.source, v.identity, v.created_at, false into v_newest
    from public.strategy_versions v where v.strategy_id = p_strategy order by v.version desc limit 1;
    if v_newest.identity is distinct from p_identity then
        v_newest := lianghu.next_version(v_strategy, p_source, p_identity);
    end if;
    return v_newest;
end
$$;

-- Another name or other tags; null: as they are.
create function lianghu.change_strategy(p_strategy uuid, p_name text, p_tags text[]) returns void
    language plpgsql security definer set search_path = ''
as $$
begin
    perform lianghu.own_strategy(p_strategy);
    update public.strategies s set name = coalesce(p_name, s.name), tags = coalesce(p_tags, s.tags) where s.id = p_strategy;
exception when unique_violation then
    raise exception 'you have another strategy of this name' using errcode = 'PT409';
end
$$;

-- Takes a strategy or a table of signals out of sight. Its versions stay while results refer to them: then only lists and new backtests
-- know it no more.
create function lianghu.delete_strategy(p_strategy uuid, p_kinds text[]) returns void
    language plpgsql security definer set search_path = ''
as $$
begin
    perform lianghu.own_strategy(p_strategy, p_kinds);
    -- A backtest that is being made holds its version; whoever comes later finds none.
    perform 1 from public.strategy_versions v where v.strategy_id = p_strategy order by v.id for update;
    if exists (
        select from public.backtests b join public.strategy_versions v on v.id = b.strategy_version_id where v.strategy_id = p_strategy
    ) then
        update public.strategies s set hidden_at = now() where s.id = p_strategy;
    else
        delete from public.strategies s where s.id = p_strategy;
    end if;
end
$$;

-- A table of orders or weights; the one that is there where the caller has uploaded the same under the same name.
create function lianghu.create_signals(p_kind text, p_name text, p_source text, p_identity text, p_facts jsonb)
    returns lianghu.strategy_version
    language plpgsql security definer set search_path = ''
as $$
declare
    v_owner uuid := lianghu.require_user();
    v_strategy public.strategies;
    v_found lianghu.strategy_version;
begin
    if p_kind not in ('orders', 'weights') then
        raise exception 'signals are orders or weights' using errcode = 'PT422';
    end if;
    select v.id, v.strategy_id, s.kind, s.name, v.version, v.source, v.identity, v.created_at, false into v_found
    from public.strategies s join public.strategy_versions v on v.strategy_id = s.id
    where s.owner = v_owner and s.name = p_name and s.kind = p_kind and s.kind <> 'rules' and s.hidden_at is null
        and v.identity = p_identity
    order by v.created_at limit 1;
    if v_found.id is null then
        insert into public.strategies (owner, kind, name, facts) values (v_owner, p_kind, p_name, p_facts) returning * into v_strategy;
        v_found := lianghu.next_version(v_strategy, p_source, p_identity);
    end if;
    return v_found;
end
$$;

call lianghu.hand_over_functions();

grant execute on function
    lianghu.create_strategy, lianghu.pin_strategy, lianghu.add_strategy_version, lianghu.change_strategy, lianghu.delete_strategy,
    lianghu.create_signals
    to authenticated;
