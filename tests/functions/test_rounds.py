"""What the ingest remembers between two messages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from datalake.finding import Finding
from datalake.objects import open_store, put_new, sizes
from functions.jobs.rounds import ALIVE_SECONDS, Rounds
from functions.messages import Question

LOTS: list[list[Question]] = [
    [("daily", "20240102", 20240102, 0)],
    [("daily", "20240103", 20240103, 7), ("adj_factor", "20240103", 20240103, 0)],
]


@dataclass
class Clock:
    now: float = 1.7e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rounds(tmp_path: Path, clock: Clock) -> Iterator[Rounds]:
    yield Rounds(open_store(f"file://{tmp_path}/lake"), "tushare", clock)


def test_a_round_is_complete_when_every_message_of_its_newest_stage_is_answered(rounds: Rounds) -> None:
    round_id = rounds.new_id()
    assert rounds.state(round_id) is None
    assert rounds.begin(round_id, 0, LOTS)
    rounds.answered(round_id, 0, 1)
    rounds.answered(round_id, 0, 1)
    state = rounds.state(round_id)
    assert state is not None and (state.messages, state.done, state.complete) == (2, {1}, False)
    rounds.answered(round_id, 0, 0)
    state = rounds.state(round_id)
    assert state is not None and state.complete
    rounds.begin(round_id, 1, LOTS[:1])
    state = rounds.state(round_id)
    assert state is not None and (state.stage, state.messages, state.done) == (1, 1, frozenset())
    assert rounds.lots(round_id) == {(0, 0): LOTS[0], (0, 1): LOTS[1], (1, 0): LOTS[0]}


def test_a_stage_is_opened_once(rounds: Rounds) -> None:
    round_id = rounds.new_id()
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: rounds.begin(round_id, 0, LOTS), range(8)))
    assert sum(opened) == 1


def test_the_end_is_one_functions_at_a_time(rounds: Rounds, clock: Clock) -> None:
    round_id = rounds.new_id()
    with ThreadPoolExecutor(8) as pool:
        claims = [claim for claim in pool.map(lambda _: rounds.claim_end(round_id, 60), range(8)) if claim is not None]
    assert claims == [0]
    clock.now += 59
    assert rounds.claim_end(round_id, 60) is None
    clock.now += 2
    assert rounds.claim_end(round_id, 60) == 1, "whoever had it was killed"
    rounds.release_end(round_id, 1)
    assert rounds.claim_end(round_id, 60) == 2


def test_a_round_without_progress_is_dead(rounds: Rounds, clock: Clock) -> None:
    round_id = rounds.new_id()
    rounds.begin(round_id, 0, LOTS)
    clock.now += ALIVE_SECONDS - 10
    rounds.answered(round_id, 0, 0)
    clock.now += ALIVE_SECONDS - 10
    state = rounds.state(round_id)
    assert state is not None and rounds.alive(state)
    clock.now += 20
    assert not rounds.alive(state)


def test_rounds_are_forgotten_wholly_and_remains_are_seen(rounds: Rounds, clock: Clock) -> None:
    first, second = rounds.new_id(), Rounds(rounds.store, "other").new_id()
    rounds.begin(first, 0, LOTS)
    rounds.bar(first, "daily_basic")
    rounds.count(first, {"bars_1d": 3})
    rounds.count(first, {"bars_1d": 4, "limits": 1})
    rounds.count(first, {})
    put_new(rounds.store, "staging/tushare/limits/stk_limit@20240102@20240102/a.parquet", b"a piece")
    Rounds(rounds.store, "other", clock).begin(second, 0, LOTS)
    state = rounds.state(first)
    assert state is not None and state.bars("daily_basic") and not state.bars("daily")
    assert rounds.counts(first) == {"bars_1d": 7, "limits": 1}
    assert rounds.all() == [first]
    rounds.forget(first)
    assert rounds.all() == [] and rounds.state(first) is None
    assert [key.split("/")[1] for key in sizes(rounds.store, "staging")] == ["other"] * 2 + ["tushare"]
    rounds.answered(first, 0, 1)
    assert rounds.all() == [first] and rounds.state(first) is None, "what a late function leaves is found and forgotten"


def test_all_that_went_wrong_is_told_and_what_blocks_apart(rounds: Rounds) -> None:
    round_id = rounds.new_id()
    told = Finding("kind", "warning", 3, "words", ("one",), "bars_1d", 20190601, 20190602)
    rounds.tell(round_id, "a", told)
    rounds.tell(round_id, "a", told)
    rounds.tell(round_id, "b", told, blocks=True)
    everything, blocking = rounds.told(round_id)
    assert blocking == (told,) and everything[0].count == 6
