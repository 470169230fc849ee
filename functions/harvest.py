"""What a round of the ingest brings in: told, committed, and published as one version."""

from dataclasses import dataclass

from datalake.finding import BadRowsError
from datalake.interfaces import INTERFACES
from datalake.lake import Lake
from datalake.storing.deferred import bring, publish_brought, remember, waiting
from datalake.upstream.ingest import SOURCE, known
from datalake.upstream.wanted import CALENDAR, GATE, Wish
from functions import metrics
from functions.fetching import USED_UP, Fetching, without_rows
from functions.jobs.rounds import Rounds
from functions.logs import log_failure, logger


@dataclass(frozen=True)
class Harvest:
    lake: Lake
    rounds: Rounds

    def tell(self, round_id: str, asked: Fetching) -> None:
        """What did not come, kept for the version and written into the log."""
        for task, finding in asked.failed.items():
            # A session's first answer: a version without it would have a hole. Later ones only correct what is there.
            blocks = task.interface == CALENDAR or (INTERFACES[task.interface].by == "day" and not task.before)
            logger().error(
                "a question failed", extra={"interface": task.interface, "part": task.part, "reason": finding.examples[0], "blocks": blocks}
            )
            self.rounds.tell(round_id, f"{task.interface}@{task.part}", finding, blocks=blocks)
        for task in asked.late:
            if told := without_rows(task):
                self.rounds.tell(round_id, f"late-{task.interface}@{task.part}", told)
        for interface, finding in asked.barred.items():
            logger().error("the account is refused", extra={"interface": interface, "reason": finding.examples[0]})
            self.rounds.tell(round_id, f"barred-{interface}", finding, blocks=finding.kind == USED_UP)
            self.rounds.bar(round_id, interface)

    def commit(self, round_id: str, *, final: bool = True) -> None:
        """What is staged goes into the tables, unseen until it is published.

        Answers that contradict each other are thrown away; `final`: and this round does not ask for them again.
        """
        try:
            rows = bring(self.lake, SOURCE, waiting(self.lake, SOURCE))
            self.rounds.count(round_id, rows)
            if came := sum(rows.values()):
                metrics.measure(metrics.INGEST_ROWS, came)
        except BadRowsError as error:
            log_failure("answers contradict each other; they were thrown away and will be asked for again", error)
            for finding in error.findings:
                logger().error("bad rows", extra={"table": finding.table, "kind": finding.kind, "finding": str(finding)})
                self.rounds.tell(round_id, f"{finding.table}-{finding.kind}", finding, blocks=final and finding.severity == "error")

    def publish(self, round_id: str, wish: Wish) -> None:
        """One version of all that was committed, unless it would have holes."""
        told, blocking = self.rounds.told(round_id)
        if blocking:
            logger().error("no version is published: answers of sessions are lacking", extra={"findings": [str(each) for each in blocking]})
            return
        out = known(self.lake, SOURCE).out
        if not out:
            logger().warning("no version is published: no session is out yet", extra={"findings": [str(each) for each in told]})
            return
        first = {
            part for lot in self.rounds.lots(round_id).values() for interface, part, _, before in lot if interface == GATE and not before
        }
        remember(self.lake, SOURCE, told)
        note = {
            "start": wish.start,
            "end": wish.end,
            "sessions": len(first & {str(day) for day in out}),
            "rows": self.rounds.counts(round_id),
        }
        published = publish_brought(self.lake, SOURCE, note)
        logger().info(
            "published", extra={"dataset": published.dataset.version if published else "", "findings": [str(each) for each in told]}
        )
