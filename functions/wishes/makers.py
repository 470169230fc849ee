"""Who makes what was wished for, kind by kind; why one cannot be made is noted alike for whoever waits."""

from collections.abc import Callable, Mapping
from typing import Any

from datalake.errors import UnknownDatasetError
from functions.jobs.failures import failure_of
from functions.logs import log_failure, logger
from functions.wiring import House
from functions.wishes.bars import make_bars
from functions.wishes.failures import forget_failure, note_failure
from functions.wishes.parquet import make_parquet
from functions.wishes.rankings import make_ranking
from functions.wishes.shapes import BarsWish, ParquetWish, RankingWish, Wish

MAKERS: Mapping[type[Wish], Callable[[Any, House], None]] = {
    RankingWish: make_ranking,
    BarsWish: make_bars,
    ParquetWish: make_parquet,
}
"""Each puts what its wish names where the API looks for it, once: under a name that says its content, or only where it is not there yet."""


def make(wish: Wish, house: House) -> None:
    """Whatever goes wrong is noted and not raised: asking once more, when the note is old, tries once more."""
    try:
        MAKERS[type(wish)](wish, house)
    except UnknownDatasetError as error:  # the API says so itself, without a note
        logger().warning("a wish that cannot be made", extra={"wish": wish.kind, "reason": str(error)})
    except Exception as error:  # noqa: BLE001  whatever it is, who waits must hear of it
        failure = failure_of(error)
        log_failure("a wish that cannot be made", error, wish=wish.kind, code=failure.error["code"])
        note_failure(house.lake, wish, failure.error)
    else:
        forget_failure(house.lake, wish)
