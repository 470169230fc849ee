"""Another person's ids are unknown ids, in the path, the query and the body of every operation of the OpenAPI document."""

import uuid
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import cast

import psycopg
import pytest

from functions.wiring import House
from tests.functions.api.conftest import Bells
from tests.security.operations import Operation, operations
from tests.security.people import Ids, Person, possess
from tests.security.requests_of import Call, Case, call_of, calls_of, cases_of
from tests.security.snapshots import of_files, of_people

NO_IDENTITY = {"version"}
"""Says which one of something that another parameter names."""
NOT_AN_ID: dict[str, set[str]] = {}
"""Operations by names that look like an id and are none."""
OTHERWISE: dict[tuple[str, str], int] = {("list_runs", "grid_id"): 200}
"""An operation and an id for which something else than 404 is told: what an unknown id is told, as everywhere."""


def owned(operation: Operation, case: Case) -> list[str]:
    """Names of somebody's things in one way of calling."""
    return sorted({*operation.names("path"), *case.uses} & {name for name in everybodys() if name not in NO_IDENTITY})


def everybodys() -> set[str]:
    return {"backtest_id", "grid_id", "run_id", "strategy_id", "signal_id", "share_id", "key_id", "client_id"}


def private() -> list[Operation]:
    return [operation for operation in operations() if not operation.public]


Attack = tuple[Operation, Case, tuple[str, ...]]


def attacks() -> Iterator[Attack]:
    """Each way of calling with each choice of ids that are the victim's, the others being the attacker's own."""
    for operation in private():
        for case in cases_of(operation):
            names = owned(operation, case)
            for count in range(1, len(names) + 1):
                for foreign in combinations(names, count):
                    yield operation, case, foreign


ATTACKS = list(attacks())


@pytest.mark.parametrize("attack", ATTACKS, ids=[f"{row[0].name}-{'+'.join(row[2])}-{at}" for at, row in enumerate(ATTACKS)])
def test_somebody_elses_id_is_an_unknown_id(
    attack: Attack,
    victim: Person,
    attacker: Person,
    house: House,
    admin: psycopg.Connection,
    results_folder: Path,
) -> None:
    operation, case, foreign = attack
    people, bells = [victim.user, attacker.user], cast(Bells, house.queue)
    bells.rung.clear()
    bells.wishes.clear()
    before = of_people(admin, people), of_files(results_folder)
    stolen = attacker.ids | {name: victim.ids[name] for name in foreign}
    made_up = attacker.ids | {name: _like(victim.ids[name]) for name in foreign}
    told = _told(attacker, call_of(operation, case, stolen), stolen, foreign)
    unknown = _told(attacker, call_of(operation, case, made_up), made_up, foreign)
    assert told == unknown, "whoever tries ids must not learn which ones exist"
    expected = OTHERWISE.get((operation.name, foreign[0]), 404) if len(foreign) == 1 else 404
    assert told[0] == expected, told
    assert not any(secret in told[1] for secret in (victim.user, f"secret-idea-{victim.user[:8]}"))
    assert (of_people(admin, people), of_files(results_folder)) == before
    assert not bells.rung and not bells.wishes


def _told(who: Person, call: Call, ids: Ids, names: tuple[str, ...]) -> tuple[int, str]:
    """Status and words, without the ids that were asked for."""
    answer = who.api.request(call.method, call.address, **call.keywords())
    text = answer.text
    for name in names:
        text = text.replace(ids[name], f"<{name}>")
    return answer.status_code, text


def _like(identity: str) -> str:
    """An id of the same form that nobody has."""
    try:
        uuid.UUID(identity)
    except ValueError:
        return "".join("x" if letter.isalnum() else letter for letter in identity)
    return str(uuid.uuid4())


@pytest.mark.parametrize("operation", private(), ids=lambda operation: operation.name)
def test_the_owner_is_let_in_by_the_same_call(operation: Operation, victim: Person, new_person: Callable[[], Person]) -> None:
    """Else the tests above would prove nothing: the request must be a right one but for whose ids it carries."""
    for case in cases_of(operation):
        owner = possess(new_person()) if operation.changes else victim
        call = call_of(operation, case, owner.ids)
        answer = owner.api.request(call.method, call.address, **call.keywords())
        assert answer.status_code < 400 or answer.status_code == 409, (call, answer.status_code, answer.text)


@pytest.mark.parametrize("operation", [row for row in private() if not row.changes], ids=lambda operation: operation.name)
def test_nothing_of_somebody_else_is_in_what_is_told(operation: Operation, victim: Person, attacker: Person) -> None:
    """Lists above all: they name nobody, so they must find out whose they are."""
    for _, call in calls_of(operation, attacker.ids):
        answer = attacker.api.request(call.method, call.address, **call.keywords())
        marks = {victim.user, f"secret-idea-{victim.user[:8]}", *(victim.ids[name] for name in victim.ids if name != "version")}
        assert [mark for mark in marks if mark in answer.text] == []


def test_one_foreign_run_among_own_ones_spoils_the_comparison(victim: Person, attacker: Person) -> None:
    answers = [
        attacker.api.get("/api/compare", params={"run_ids": f"{attacker.ids['run_id']},{other}"})
        for other in (victim.ids["run_id"], str(uuid.uuid4()))
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert victim.user not in answers[0].text


@pytest.mark.parametrize("operation", private(), ids=lambda operation: operation.name)
def test_every_id_that_an_operation_takes_is_tried(operation: Operation) -> None:
    """An operation with an id that no case carries, or whose body nobody knows, fails here."""
    assert cases_of(operation), "it takes a body: enter one in requests_of.CASES"
    tried = {name for case in cases_of(operation) for name in (*operation.names("path"), *case.uses)}
    aliases = {"signals": "signal_id", "run_ids": "run_id"}
    asked = {aliases.get(name, name) for name in operation.identities()} - NOT_AN_ID.get(operation.name, set())
    assert asked <= tried | NO_IDENTITY, f"enter a case with {sorted(asked - tried)} in requests_of.CASES"
    assert asked - NO_IDENTITY <= everybodys(), f"whose is {sorted(asked - everybodys())}? See people.MAKERS"
