"""Every role against every table, view, sequence and function of the catalog: what is not granted in so many words is refused."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.rows import dict_row

from tests.security.granted import FUNCTIONS, HIDDEN, LOGIN, LOGIN_TAKES, OWN_ROWS, ROLES, VIEWS
from tests.security.people import Person
from tests.security.snapshots import of_people, owned_tables

Connection = psycopg.Connection[Any]

NAME_NOTHING = {"attempts", "backoff"}
"""Functions of numbers alone."""
As = Callable[..., Any]


@pytest.fixture
def acting(servers: Any) -> As:
    """A transaction as a role with claims, as PostgREST and our own pool make one; it is undone in the end unless `keep`."""

    @contextmanager
    def act(role: str, claims: object = None, keep: bool = False) -> Iterator[Connection]:
        with psycopg.connect(servers.admin, row_factory=dict_row) as connection:
            text = claims if isinstance(claims, str) else json.dumps(claims or {})
            connection.execute("select set_config('request.jwt.claims', %s, true), set_config('role', %s, true)", (text, role))
            yield connection
            if not keep:
                connection.rollback()

    return act


def claims_of(user: str | None) -> dict[str, str]:
    return {"role": "authenticated"} | ({"sub": user} if user else {})


def relations(admin: Connection, kinds: str) -> list[str]:
    rows = admin.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = any (%s) order by 1", (list(kinds),)
    ).fetchall()
    return [str(row[0]) for row in rows]


def functions(admin: Connection) -> list[tuple[int, str, str, list[str], str]]:
    """Id, name, signature, types of the arguments, kind."""
    return admin.execute(
        "select p.oid, p.proname, p.oid::regprocedure::text, array(select format_type(t, null) from unnest(p.proargtypes) t), p.prokind"
        " from pg_proc p where p.pronamespace = 'lianghu'::regnamespace order by 2"
    ).fetchall()


def test_every_table_and_view_is_entered_here(admin: Connection) -> None:
    assert set(relations(admin, "rp")) == OWN_ROWS | HIDDEN, "a new table: enter it in granted.py, as readable or hidden"
    assert set(relations(admin, "vm")) == set(VIEWS)


def test_row_level_security_is_forced_on_all_and_no_view_goes_round_it(admin: Connection) -> None:
    for name, kind, enabled, forced, options in admin.execute(
        "select relname, relkind, relrowsecurity, relforcerowsecurity, coalesce(reloptions, '{}') from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
    ).fetchall():
        if kind in ("r", "p"):
            assert enabled and forced, name
        else:
            assert kind == "v" and "security_invoker=true" in options, f"{name} reads with its owner's eyes"


@pytest.mark.parametrize("role", ROLES)
def test_no_role_writes_a_table_or_touches_a_sequence(admin: Connection, role: str) -> None:
    for table in relations(admin, "rpvm"):
        rights = {
            right
            for right in ("insert", "update", "delete", "truncate", "references", "trigger")
            if admin.execute("select has_table_privilege(%s, %s, %s)", (role, f"public.{table}", right)).fetchone() == (True,)
        }
        columns = admin.execute(
            "select has_any_column_privilege(%s, %s, 'insert, update, references')", (role, f"public.{table}")
        ).fetchone()
        assert rights == set() and columns == (False,), (table, rights)
    for sequence in relations(admin, "S"):
        assert admin.execute("select has_sequence_privilege(%s, %s, 'usage, select, update')", (role, f"public.{sequence}")).fetchone() == (
            False,
        ), sequence


@pytest.mark.parametrize("role", ROLES)
def test_only_signed_in_users_read_and_only_what_is_theirs_to_read(admin: Connection, role: str) -> None:
    for table in relations(admin, "rpvm"):
        may = admin.execute(
            "select has_table_privilege(%(role)s, %(table)s, 'select') or has_any_column_privilege(%(role)s, %(table)s, 'select')",
            {"role": role, "table": f"public.{table}"},
        ).fetchone()
        assert may == (role == "authenticated" and table in OWN_ROWS | set(VIEWS),), table


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_the_hash_of_a_key(admin: Connection, role: str) -> None:
    """Not even its owner, who reads everything else of it: Supabase grants new tables whole, and that must be taken back first."""
    may = {
        column: admin.execute("select has_column_privilege(%s, 'public.api_keys', %s, 'select')", (role, column)).fetchone()
        for column in ("key_hash", "name")
    }
    assert may == {"key_hash": (False,), "name": (role == "authenticated",)}


@pytest.mark.parametrize("role", ROLES)
def test_every_function_is_refused_to_all_but_those_who_are_named(admin: Connection, acting: As, role: str) -> None:
    """The catalog's word, and the attempt: with nulls, so that what is granted does nothing."""
    for identity, name, signature, types, kind in functions(admin):
        if kind == "p":
            assert admin.execute("select has_function_privilege(%s, %s::oid, 'execute')", (role, identity)).fetchone() == (False,), (
                signature
            )
            continue
        wanted = name in FUNCTIONS[role]
        granted = admin.execute("select has_function_privilege(%s, %s::oid, 'execute')", (role, identity)).fetchone()
        assert granted == (wanted,), f"{signature}: {role} {'may not call it, though granted.py says so' if wanted else 'may call it'}"
        if not wanted:
            nothing = ", ".join(f"null::{type_}" for type_ in types)
            with acting(role, claims_of(str(uuid.uuid4()))) as connection, pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"select lianghu.{name}({nothing})")


def test_every_function_is_entered_here(admin: Connection) -> None:
    known = set().union(*FUNCTIONS.values())
    found = {name for _, name, _, _, kind in functions(admin) if kind != "p"}
    assert found - known == set(), "new functions: enter them in granted.py under the roles that may call them"
    assert known - found == set(), "granted.py names functions that are gone"


def test_functions_run_as_a_role_that_bypasses_nothing_and_search_no_path(admin: Connection) -> None:
    """Those that are no security definers run inside the others, or name nothing that a path could lead to."""
    for name, owner, super_, bypass, settings, definer, public, kind in admin.execute(
        "select p.proname, o.rolname, o.rolsuper, o.rolbypassrls, coalesce(p.proconfig, '{}'), p.prosecdef,"
        " has_function_privilege('public', p.oid, 'execute'), p.prokind"
        " from pg_proc p join pg_roles o on o.oid = p.proowner where p.pronamespace = 'lianghu'::regnamespace"
    ).fetchall():
        assert 'search_path=""' in settings or (not definer and name in NAME_NOTHING), name
        assert not public, name
        assert (kind == "p" and not definer) or (owner == "lianghu_states" and not super_ and not bypass), name


def test_no_function_stands_where_a_gateway_would_offer_it(admin: Connection) -> None:
    """PostgREST serves schema public: nothing of ours may be there, because Supabase grants it to everybody."""
    rows = admin.execute("select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace").fetchall()
    assert rows == []


def test_the_login_takes_the_roles_that_it_needs_and_no_other(admin: Connection) -> None:
    rows = admin.execute("select rolname from pg_roles where rolname <> %s and pg_has_role(%s, oid, 'member')", (LOGIN, LOGIN)).fetchall()
    assert {name for (name,) in rows} == LOGIN_TAKES
    for role in ROLES:
        rows = admin.execute("select rolname from pg_roles where rolname <> %s and pg_has_role(%s, oid, 'member')", (role, role)).fetchall()
        assert rows == [], role
    found = admin.execute(
        "select rolname from pg_roles where (rolsuper or rolbypassrls or rolcreaterole) and rolname = any (%s)",
        ([*ROLES, LOGIN, "lianghu_states"],),
    ).fetchall()
    assert found == []


@pytest.mark.parametrize("role", ["lianghu_states", "lianghu_operator", "service_role", "postgres", "supabase_admin"])
def test_the_login_cannot_become_more(servers: Any, role: str) -> None:
    with psycopg.connect(servers.login) as connection:
        for statement in ("set role {}", "set local role {}", "set session authorization {}"):
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(sql.SQL(statement).format(sql.Identifier(role)))


@pytest.mark.parametrize("role", [*ROLES, LOGIN])
def test_no_role_makes_anything_that_lasts(admin: Connection, role: str) -> None:
    """Who can create in a schema can put a function or an operator in somebody's way."""
    schemas = [name for (name,) in admin.execute("select nspname from pg_namespace where nspname !~ '^pg_(temp|toast)'").fetchall()]
    for schema in schemas:
        assert admin.execute("select has_schema_privilege(%s, %s, 'create')", (role, schema)).fetchone() == (False,), schema
    assert admin.execute("select has_database_privilege(%s, current_database(), 'create')", (role,)).fetchone() == (False,)


@pytest.mark.parametrize("table", sorted(OWN_ROWS))
def test_a_user_who_speaks_sql_reads_own_rows_alone(acting: As, table: str, victim: Person, attacker: Person) -> None:
    """As through PostgREST: any query at all over the table."""
    query = sql.SQL("select distinct owner::text as owner from public.{}").format(sql.Identifier(table))
    for who in (victim, attacker):
        with acting("authenticated", claims_of(who.user)) as connection:
            assert [row["owner"] for row in connection.execute(query).fetchall()] in ([who.user], []), table


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_a_view_shows_own_rows_alone(acting: As, view: str, victim: Person, attacker: Person) -> None:
    column, name = VIEWS[view]
    query = sql.SQL("select distinct {}::text as shown from public.{}").format(sql.Identifier(column), sql.Identifier(view))
    for who, other in ((victim, attacker), (attacker, victim)):
        with acting("authenticated", claims_of(who.user)) as connection:
            shown = {row["shown"] for row in connection.execute(query).fetchall()}
        assert who.ids[name] in shown and other.ids[name] not in shown


def test_the_victim_has_rows_to_be_stolen(acting: As, victim: Person) -> None:
    """Else the test above would prove nothing."""
    for table in OWN_ROWS - {"archived_runs"}:  # which hold what is a year old
        with acting("authenticated", claims_of(victim.user)) as connection:
            rows = connection.execute(sql.SQL("select 1 from public.{} limit 1").format(sql.Identifier(table))).fetchall()
            assert rows, f"the victim has nothing in {table}: enter a maker in people.MAKERS"


@pytest.mark.parametrize(
    "claims",
    [
        "", "{}", "null", "[]", '"x"', "not json", '{"sub": null}', '{"sub": ""}', '{"sub": "nobody"}', '{"sub": []}', '{"sub": {}}',
        '{"sub": 1}', '{"role": "service_role"}', '{"role": "lianghu_worker"}', '{"sub": "VICTIM\' or true --"}', '{"sub": ["VICTIM"]}',
        '{"user": "VICTIM"}', '{"app_metadata": {"sub": "VICTIM"}}', '{"sub": "00000000-0000-0000-0000-000000000000", "owner": "VICTIM"}',
        '{"sub": "VICTIM", "sub": "00000000-0000-0000-0000-000000000000"}',
    ],
)  # fmt: skip
def test_claims_that_name_nobody_see_nothing(acting: As, claims: str, victim: Person) -> None:
    """Wrong ones are an error or no rows, never everybody's; and the claim named role is no role."""
    for role in ("authenticated", "anon"):
        for table in sorted(OWN_ROWS):
            with acting(role, claims.replace("VICTIM", victim.user)) as connection:
                try:
                    rows = connection.execute(sql.SQL("select owner from public.{}").format(sql.Identifier(table))).fetchall()
                except psycopg.Error:
                    continue
                assert rows == [], (role, table)


def _values(types: list[str], identity: str) -> list[str]:
    known = {
        "uuid": f"'{identity}'", "uuid[]": f"array['{identity}']::uuid[]", "text": "'x'", "integer": "1", "smallint": "1::smallint",
        "bigint": "1::bigint", "jsonb": "'{}'::jsonb", "json": "'{}'::json", "bytea": "'x'::bytea", "text[]": "array['x']",
        "integer[]": "array[0]", "boolean": "true", "double precision": "1::float8",
        "timestamp with time zone": "now()", "date":
        "current_date",
    }  # fmt: skip
    return [known.get(type_, f"null::{type_}") for type_ in types]


@pytest.mark.parametrize("role", ["authenticated", "anon"])
def test_functions_do_nothing_for_whoever_hands_them_other_peoples_ids(
    admin: Connection, acting: As, victim: Person, attacker: Person, role: str
) -> None:
    """Every function that the role may call, with every id that the victim has, in every place of an id."""
    before = of_people(admin, [victim.user])
    identities = {victim.user}
    for table in owned_tables(admin):
        columns = admin.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and atttypid = 'uuid'::regtype and not attisdropped",
            (f"public.{table}",),
        ).fetchall()
        for (column,) in columns:
            query = sql.SQL("select distinct {}::text from public.{} where owner = %s limit 4").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            identities |= {row[0] for row in admin.execute(query, (victim.user,)).fetchall() if row[0]}
    assert len(identities) > 5
    for _, name, signature, types, _ in functions(admin):
        if name not in FUNCTIONS[role]:
            continue
        for identity in sorted(identities):
            for offered in (claims_of(attacker.user), {}):
                with acting(role, offered) as connection:
                    try:
                        told = connection.execute(
                            f"select t::text as told from lianghu.{name}({', '.join(_values(types, identity))}) t"
                        ).fetchall()
                    except psycopg.Error:
                        continue
                    connection.commit()
                assert victim.user not in str(told) and f"secret-idea-{victim.user[:8]}" not in str(told), signature
    assert of_people(admin, [victim.user]) == before


def test_a_path_full_of_traps_changes_nothing(acting: As, victim: Person, attacker: Person) -> None:
    """Temporary tables and functions are what a user may make: they stand first in a search path, and no function of ours searches one."""
    with acting("authenticated", claims_of(attacker.user)) as connection:
        for table in ("backtests", "backtest_runs", "grids", "strategies", "strategy_versions", "run_blocks"):
            connection.execute(sql.SQL("create temp table {0} as select * from public.{0} with no data").format(sql.Identifier(table)))
        connection.execute("insert into pg_temp.backtests (id, owner) values (%s, %s)", (victim.ids["backtest_id"], attacker.user))
        connection.execute("create function pg_temp.requester() returns uuid language sql as $$ select null::uuid $$")
        connection.execute("create function pg_temp.now() returns timestamptz language sql as $$ select 'infinity'::timestamptz $$")
        connection.execute("set local search_path = pg_temp, lianghu, public, pg_catalog")
        told = connection.execute("select lianghu.cancel_grid(%s) as told", (victim.ids["grid_id"],)).fetchone()
        assert told == {"told": "unknown"}
        with pytest.raises(psycopg.DatabaseError) as caught:
            connection.execute(
                "select lianghu.submit(gen_random_uuid(), %s, '{}', array[gen_random_uuid()], '[{}]', array['i'])",
                (victim.ids["backtest_id"],),
            )
        assert caught.value.sqlstate == "PT404"
