"""A queue that only keeps what was rung, and who answers it."""

from typing import cast

from functions import aggregator, planner, worker
from functions.messages import Doorbell, PlanMessage
from functions.wiring import House
from functions.wishes.shapes import AnyWish, Wish


class Bells:
    """Stands in for the queue: what was rung, in order."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []
        self.wishes: list[AnyWish] = []

    def ring(self, kind: str, grid_id: str, count: int = 1, delay: float = 0, request_id: str = "") -> int:
        self.rung += [(kind, grid_id)] * count
        return count

    def waiting(self) -> int:
        return len(self.rung)

    def wish(self, wish: Wish) -> bool:
        sent = PlanMessage.model_validate_json(wish.model_dump_json()).root
        assert isinstance(sent, Wish)
        self.wishes.append(sent)
        return True


def work(house: House) -> None:
    """Answers every bell, as the Lambda functions would."""
    rung = cast(Bells, house.queue).rung
    while rung:
        kind, grid_id = rung.pop(0)
        bell = Doorbell(grid_id=grid_id)  # type: ignore[arg-type]
        if kind == "plan":
            planner.plan(bell, house)
        elif kind == "block":
            worker.work(house, lambda: 900)
        else:
            aggregator.aggregate(bell, house)
