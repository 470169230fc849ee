"""What the ingest remembers of a round between two messages: small objects in the lake, beside the pieces; each is put once or not at all.

A round has stages, because what is to be asked follows from what was answered; a stage has messages, each with a few questions.
"""

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from datalake.finding import Finding, together
from datalake.objects import Store, delete, get, put_new, sizes
from functions.messages import Question

ALIVE_SECONDS = 7200.0
"""Without any progress for so long, a round's messages are lost: one that a killed function held comes back after an hour."""
EVERYTHING = "all"
"""Barred instead of one interface: the account itself is refused."""


class State(NamedTuple):
    """A round as its objects tell it."""

    stage: int
    """The newest, from 0."""
    messages: int
    """Of the newest stage, numbered from 0."""
    done: frozenset[int]
    """Those of them that have been answered."""
    barred: frozenset[str]
    """Interfaces that the account may not use, or not any more today."""
    newest: float
    """When something was done last; seconds since 1970."""

    @property
    def complete(self) -> bool:
        return len(self.done) >= self.messages

    def bars(self, interface: str) -> bool:
        return interface in self.barred or EVERYTHING in self.barred


@dataclass(frozen=True)
class Rounds:
    """The rounds of one source. Numbers and names stand in the keys, so that one list tells a round's state."""

    store: Store
    source: str
    clock: Callable[[], float] = time.time

    def new_id(self) -> str:
        return f"{time.strftime('%Y%m%dt%H%M%S', time.gmtime(self.clock()))}-{uuid.uuid4().hex[:8]}"

    def all(self) -> list[str]:
        """Oldest first; also those of which only remains are left."""
        found = {match[1] for key in sizes(self.store, self._folder) if (match := _ROUND.search(key))}
        return sorted(found)

    def begin(self, round_id: str, stage: int, lots: Sequence[Sequence[Question]]) -> bool:
        """Opens a stage of as many messages as there are lots of questions; False: somebody else has opened it."""
        put_new(self.store, self._key(round_id, f"lots/{stage:04d}-{uuid.uuid4().hex}.json"), json.dumps(lots).encode())
        about = {"messages": len(lots), "begun": self.clock()}
        return put_new(self.store, self._key(round_id, f"stages/{stage:04d}.json"), json.dumps(about).encode())

    def state(self, round_id: str) -> State | None:
        """None: it has ended, or never began."""
        names = self._names(round_id)
        stages = [name for name in names if name.startswith("stages/")]
        if not stages:
            return None
        stage = int(stages[-1][7:11])
        about = json.loads(get(self.store, self._key(round_id, stages[-1])))
        done = [match for name in names if (match := _DONE.fullmatch(name)) and int(match["stage"]) == stage]
        return State(
            stage,
            about["messages"],
            frozenset(int(match["number"]) for match in done),
            frozenset(name[7:] for name in names if name.startswith("barred/")),
            max([about["begun"], *(float(match["at"]) for match in done)]),
        )

    def alive(self, state: State) -> bool:
        return self.clock() < state.newest + ALIVE_SECONDS

    def lots(self, round_id: str) -> dict[tuple[int, int], list[Question]]:
        """The questions of every stage and message."""
        found: dict[tuple[int, int], list[Question]] = {}
        for name in self._names(round_id):
            if name.startswith("lots/"):
                for number, lot in enumerate(json.loads(get(self.store, self._key(round_id, name)))):
                    found.setdefault((int(name[5:9]), number), []).extend(_question(*row) for row in lot)
        return found

    def answered(self, round_id: str, stage: int, number: int) -> None:
        """Nothing of a message is left to be asked."""
        self._put(round_id, f"done/{stage:04d}-{number:06d}-{self.clock():.0f}", b"")

    def bar(self, round_id: str, interface: str) -> None:
        self._put(round_id, f"barred/{interface}", b"")

    def tell(self, round_id: str, what: str, finding: Finding, *, blocks: bool = False) -> None:
        """Something that went wrong with `what`; with `blocks`, so that no version may come of the round."""
        self._put(round_id, f"{'blocking' if blocks else 'told'}/{what}.json", _text(finding))

    def told(self, round_id: str) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """All that went wrong, and of it what blocks."""
        names = self._names(round_id)
        blocking = self._findings(round_id, [name for name in names if name.startswith("blocking/")])
        others = self._findings(round_id, [name for name in names if name.startswith("told/")])
        return together([*blocking, *others]), together(blocking)

    def count(self, round_id: str, rows: Mapping[str, int]) -> None:
        """Rows that were committed, by table."""
        if rows:
            self._put(round_id, f"rows/{uuid.uuid4().hex}.json", json.dumps(dict(rows)).encode())

    def counts(self, round_id: str) -> dict[str, int]:
        found = Counter[str]()
        for name in self._names(round_id):
            if name.startswith("rows/"):
                found.update(json.loads(get(self.store, self._key(round_id, name))))
        return dict(found)

    def claim_end(self, round_id: str, seconds: float) -> int | None:
        """The right to end a stage, for one at a time and so long; None: somebody has it. Its number is for `release_end`."""
        names = [name for name in self._names(round_id) if name.startswith("end/")]
        claims = [name for name in names if not name.endswith("-over")]
        if claims and f"{claims[-1]}-over" not in names and self.clock() < float(get(self.store, self._key(round_id, claims[-1]))):
            return None
        number = len(claims)
        mine = put_new(self.store, self._key(round_id, f"end/{number:06d}"), f"{self.clock() + seconds}".encode())
        return number if mine else None

    def release_end(self, round_id: str, number: int) -> None:
        self._put(round_id, f"end/{number:06d}-over", b"")

    def forget(self, round_id: str) -> None:
        """Its stages last: while one is there, somebody who comes back finds a round that can be ended again."""
        names = sorted(self._names(round_id), key=lambda name: name.startswith("stages/"))
        delete(self.store, [self._key(round_id, name) for name in names])

    def _findings(self, round_id: str, names: Iterable[str]) -> list[Finding]:
        return [Finding.from_json(json.loads(get(self.store, self._key(round_id, name)))) for name in names]

    @property
    def _folder(self) -> str:
        return f"staging/{self.source}/rounds"

    def _key(self, round_id: str, name: str) -> str:
        return f"{self._folder}/{round_id}/{name}"

    def _names(self, round_id: str) -> list[str]:
        folder = self._key(round_id, "")
        return [key.removeprefix(folder) for key in sizes(self.store, folder.rstrip("/"))]

    def _put(self, round_id: str, name: str, data: bytes) -> None:
        put_new(self.store, self._key(round_id, name), data)


_ROUND = re.compile(r"/rounds/(\d{8}t\d{6}-[0-9a-f]{8})/")
_DONE = re.compile(r"done/(?P<stage>\d{4})-(?P<number>\d{6})-(?P<at>\d+)")


def _question(interface: str, part: str, through: int, before: int) -> Question:
    return interface, part, through, before


def _text(finding: Finding) -> bytes:
    told: Mapping[str, object] = finding.to_json()
    return json.dumps(told, ensure_ascii=False).encode()
