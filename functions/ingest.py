"""Ingest: on a schedule, what the lake lacks of the vendor's data goes as questions through a queue, and comes back as one version.

A round asks stage by stage (the calendar, the sessions, what grows with them), because what is to be asked follows from the answers. An
answer is staged before its message is deleted, and committing it twice changes nothing: so messages may be lost, doubled or late, and a
function may be killed anywhere. What is lacking then is asked for by the next round.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from datalake.errors import DataError
from datalake.finding import Finding
from datalake.interfaces import INTERFACES
from datalake.lake import Lake
from datalake.storing.deferred import waiting
from datalake.upstream.ingest import SOURCE, Upstream, fetch_task, plan
from datalake.upstream.throttle import Limits
from datalake.upstream.tushare import Client, Patience
from datalake.upstream.wanted import Task, Wish, by_session
from functions import metrics
from functions.doorbells import Event, answer_messages
from functions.errors import ApiError
from functions.fetching import Fetching, RefusedThrottle, briefly
from functions.harvest import Harvest
from functions.invocations import serves
from functions.jobs.rounds import EVERYTHING, Rounds, State
from functions.logs import log_failure, log_keys, logger
from functions.messages import FetchTasks, Question
from functions.timeliness import timeliness
from functions.wiring import House, house

QUESTIONS = 18
"""Of one message: two sessions. At 50 calls a minute they take less than half a minute."""
COMMIT_EVERY = 25
"""Messages between two commits of a long round: about 450 answers, which bounds memory."""
MOST_TRIES = 8
"""Refusals and troubles of one message until its questions are given up for this round: about an hour."""
PAUSE_SECONDS = 15.0
"""After the first of them; it doubles, up to the longest delay of the queue."""
MOST_RECEIVES = 3
"""As the queue's redrive policy: who has killed the function twice is not asked again."""
END_SECONDS = 660.0
"""How long one function has the end of a stage to itself: longer than it may run."""
SILENCE_SECONDS = 300.0
"""After which a stage that somebody opened and nobody works at is sent again."""


IS_IT_THERE = "Is today there"
"""The detail type of the schedule that asks so; any other schedule begins a round."""


@serves("ingest")
def handle(event: Event, context: Any) -> dict[str, Any]:
    if "Records" in event:
        return answer_messages(
            event, context, FetchTasks, lambda message, receives: Ingest(house()).serve(message, receives, _clock(context))
        )
    return look(house()) if event.get("detail-type") == IS_IT_THERE else start(house())


def start(house: House) -> dict[str, Any]:
    """What the schedule does: begins a round, unless one is under way."""
    if not house.settings.tushare_token.get_secret_value():
        logger().info("nothing is fetched: TUSHARE_TOKEN is not set")
        return {"round": "", "questions": 0}
    return Ingest(house).start()


def look(house: House, clock: Callable[[], float] = time.time) -> dict[str, Any]:
    """What the schedule of the evening does: says whether the day is in the lake, for the alarm that rings where it is not."""
    if not house.settings.tushare_token.get_secret_value():
        logger().info("no day is expected: TUSHARE_TOKEN is not set")
        metrics.measure(metrics.INGEST_LATE, 0)
        return {"late": False}
    return {"late": Ingest(house, clock).look()}


@dataclass(frozen=True)
class Ingest:
    """The rooms of the house that the ingest needs, and a clock (seconds since 1970)."""

    house: House
    clock: Callable[[], float] = time.time

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.house.settings.lake_url, self.house.object_options)

    @cached_property
    def rounds(self) -> Rounds:
        return Rounds(self.lake.store, SOURCE, self.clock)

    @cached_property
    def harvest(self) -> Harvest:
        return Harvest(self.lake, self.rounds)

    @cached_property
    def limits(self) -> Limits:
        return Limits(self.house.settings.tushare_caps, self.house.settings.tushare_points)

    def start(self) -> dict[str, Any]:
        for round_id in self.rounds.all():
            state = self.rounds.state(round_id)
            if state and self.rounds.alive(state):
                logger().info("a round is under way", extra={"round_id": round_id, "done": len(state.done), "messages": state.messages})
                return {"round": round_id, "questions": 0}
            if state:
                logger().warning("a round came to no end; what it fetched is kept", extra={"round_id": round_id})
            self.rounds.forget(round_id)  # or what a late function left of one
        round_id = self.rounds.new_id()
        with log_keys(round_id=round_id):
            try:
                self.harvest.commit(round_id, final=False)
                questions = self._next_stage(round_id, 0)
                if not questions:
                    self._publish(round_id)
            except Exception:
                self.rounds.forget(round_id)  # so that the call can be made again at once
                raise
            if not questions:
                self.rounds.forget(round_id)
        return {"round": round_id, "questions": questions}

    def look(self) -> bool:
        """Whether the day that is over lacks."""
        late, why, version = timeliness(self.lake, SOURCE, self._today())
        tell = logger().error if late else logger().info
        tell("the day is not in the lake" if late else "the day is in the lake, or was none", extra={"reason": why, "dataset": version})
        metrics.measure(metrics.INGEST_LATE, int(late))
        return late

    def serve(self, message: FetchTasks, receives: int, seconds_left: Callable[[], float]) -> None:
        """What fails is tried again in a while; in the end it is the queue's, whose dead letters people read."""
        try:
            self._serve(message, receives, seconds_left)
        except Exception as error:
            if message.tries >= MOST_TRIES:
                raise
            log_failure("a message failed; it is tried again", error, tries=message.tries)
            self.house.tasks.send([message.model_copy(update={"tries": message.tries + 1})], PAUSE_SECONDS * 2**message.tries)

    def _serve(self, message: FetchTasks, receives: int, seconds_left: Callable[[], float]) -> None:
        """Asks what the message asks, unless it was answered before; whoever answers the last one of a stage goes on with the next."""
        state = self.rounds.state(message.round_id)
        if state is None:
            logger().info("a message of a round that has ended")
            return
        if message.stage == state.stage and message.number not in state.done:
            if not self._ask(message, receives, state, seconds_left):
                return
            self.rounds.answered(message.round_id, message.stage, message.number)
            if message.number % COMMIT_EVERY == COMMIT_EVERY - 1:
                self.harvest.commit(message.round_id)
            state = self.rounds.state(message.round_id) or state
        if state.complete:
            self._end_stage(message.round_id, state)
        elif message.stage < state.stage and not state.done and self.clock() > state.newest + SILENCE_SECONDS:
            self._send(message.round_id, state.stage)  # this very message was to send them, and its function was killed

    def _ask(self, message: FetchTasks, receives: int, state: State, seconds_left: Callable[[], float]) -> bool:
        """Whether nothing of the message is left."""
        settings = self.house.settings
        throttle = RefusedThrottle(self.house.throttle)
        client = Client(settings.tushare_token.get_secret_value(), settings.tushare_url)
        upstream = Upstream(client, throttle, Patience(attempts=3, wait=briefly), self.limits)
        there = {(piece.origin.interface, piece.origin.part): piece.origin.through for piece in waiting(self.lake, SOURCE) if piece.origin}
        tasks = [task for question in message.questions if there.get((task := Task(*question)).key, 0) < task.through]
        asked = Fetching(
            lambda task: fetch_task(self.lake, SOURCE, task, upstream, today=self._today()), throttle, state.bars, seconds_left
        )
        if receives >= MOST_RECEIVES:
            asked.waiting = tasks
            asked.give_up("the function was killed over it twice")
        else:
            asked.ask_all(tasks)
        tries = message.tries + (throttle.refused or asked.troubled)
        if tries > message.tries and tries >= MOST_TRIES:
            asked.give_up("the vendor refused or was in trouble too often")
        self.harvest.tell(message.round_id, asked)
        logger().info(
            "asked",
            extra={
                "answered": asked.answered,
                "late": len(asked.late),
                "failed": len(asked.failed),
                "waiting": len(asked.waiting),
            },
        )
        if not asked.waiting:
            return True
        delay = max(asked.delay, PAUSE_SECONDS * 2**message.tries if tries > message.tries else 0.0)
        rest = message.model_copy(update={"questions": tuple(map(_question, asked.waiting)), "tries": tries})
        self.house.tasks.send([rest], delay)
        return False

    def _end_stage(self, round_id: str, state: State) -> None:
        """The next stage, or the end: for one at a time, though others would do no harm."""
        claim = self.rounds.claim_end(round_id, END_SECONDS)
        if claim is None:
            return
        try:
            if state.bars(EVERYTHING) or not self._next_stage(round_id, state.stage + 1, state.barred):
                self.harvest.commit(round_id)
                self._publish(round_id)
                self.rounds.forget(round_id)
                return
        except Exception:
            self.rounds.release_end(round_id, claim)
            raise
        self.rounds.release_end(round_id, claim)

    def _next_stage(self, round_id: str, stage: int, barred: Iterable[str] = ()) -> int:
        """Opens and sends it; how many questions. 0: nothing is lacking."""
        tried = {(interface, part) for lot in self.rounds.lots(round_id).values() for interface, part, *_ in lot}
        too_dear = [row for row in INTERFACES.values() if self._wish().wants(row.name) and not self.limits.allows(row)]
        for row in too_dear:
            why = f"needs {row.points} points, TUSHARE_POINTS says {self.limits.points}"
            message = f"interface that the account may not use: {row.name}"
            self.rounds.tell(round_id, f"barred-{row.name}", Finding("not_allowed", "warning", 1, message, (why,), row.table))
        tasks = plan(self.lake, SOURCE, self._wish(), self._today(), tried, {*barred, *(row.name for row in too_dear)})
        if not tasks:
            return 0
        if self.rounds.begin(round_id, stage, _messages(tasks)):
            self._send(round_id, stage)
        logger().info("a stage begins", extra={"stage": stage, "questions": len(tasks), "first": f"{tasks[0].interface} {tasks[0].part}"})
        return len(tasks)

    def _publish(self, round_id: str) -> None:
        self.harvest.publish(round_id, self._wish())
        settings = self.house.settings
        if not timeliness(self.lake, SOURCE, self._today()).late:
            metrics.measure(metrics.INGEST_LATE, 0)  # ends the alarm of a day that came after all
        if not settings.database_url.get_secret_value():
            return
        try:
            self.house.datasets.known(self.house.lake, settings.lake_url)  # the event is with it in the outbox, and the sweeper publishes
        except (ApiError, DataError) as error:
            log_failure("a version is out, and not told of: whoever lists the datasets next tells it", error)

    def _send(self, round_id: str, stage: int) -> None:
        lots = {number: lot for (of, number), lot in self.rounds.lots(round_id).items() if of == stage}
        self.house.tasks.send(
            [FetchTasks(round_id=round_id, stage=stage, number=number, questions=tuple(lot)) for number, lot in sorted(lots.items())]
        )

    def _wish(self) -> Wish:
        return Wish(self.house.settings.ingest_start, self._today(), again=self.house.settings.ingest_again)

    def _today(self) -> int:
        """Of the exchanges."""
        return int(datetime.fromtimestamp(self.clock(), ZoneInfo("Asia/Shanghai")).strftime("%Y%m%d"))


def _messages(tasks: Iterable[Task]) -> list[list[Question]]:
    """What stands or falls together stays together."""
    messages: list[list[Question]] = [[]]
    for lot in by_session(tasks):
        if messages[-1] and len(messages[-1]) + len(lot) > QUESTIONS:
            messages.append([])
        messages[-1] += map(_question, lot)
    return messages


def _question(task: Task) -> Question:
    return task.interface, task.part, task.through, task.before


def _clock(context: Any) -> Callable[[], float]:
    return lambda: float(context.get_remaining_time_in_millis()) / 1000
