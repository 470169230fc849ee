"""Rankings that somebody asked the API for and that are not stored: made by the planner, which may read tables."""

from datalake.errors import UnknownDatasetError
from datalake.lake import Lake
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import RankingSpec
from datalake.versions import resolve
from functions.jobs.failures import failure_of
from functions.logs import log_failure, logger
from functions.messages import RankingWish
from functions.ranking_failures import forget_failure, note_failure
from functions.wiring import House


def make_ranking(wish: RankingWish, house: House) -> None:
    """Only the year that is wanted. Why it cannot be made is noted for whoever waits; asking once more tries once more."""
    lake = Lake(house.settings.lake_url, house.object_options)
    years: list[int] = []
    try:
        dataset = resolve(lake.store, wish.datasource_version)
        spec = RankingSpec(wish.field, wish.depth, wish.lowest, wish.boards)
        ensure_ranking(lake, dataset, spec, (wish.day, wish.day), years.append)
    except UnknownDatasetError as error:  # the API says so itself, without a note
        logger().warning("a ranking that cannot be made", extra={"ranking": wish.field, "reason": str(error)})
        return
    except Exception as error:  # noqa: BLE001  whatever it is, who waits for the ranking must hear of it
        failure = failure_of(error)
        log_failure("a ranking that cannot be made", error, ranking=wish.field, code=failure.error["code"])
        note_failure(lake.store, wish, failure.error)
        return
    forget_failure(lake.store, wish)
    logger().info("ranked", extra={"ranking": wish.field, "datasource_version": wish.datasource_version, "years": years})
