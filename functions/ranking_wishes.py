"""Rankings that somebody asked the API for and that are not stored: made by the planner, which may read tables."""

from datalake.errors import ContextError, UnknownDatasetError
from datalake.lake import Lake
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import RankingSpec
from datalake.versions import resolve
from functions.logs import logger
from functions.messages import RankingWish
from functions.wiring import House


def make_ranking(wish: RankingWish, house: House) -> None:
    """Only the year that is wanted. What cannot be ranked is logged and forgotten: the API had checked it before it asked."""
    lake = Lake(house.settings.lake_url, house.object_options)
    years: list[int] = []
    try:
        dataset = resolve(lake.store, wish.datasource_version)
        spec = RankingSpec(wish.field, wish.depth, wish.lowest, wish.boards)
        ensure_ranking(lake, dataset, spec, (wish.day, wish.day), years.append)
    except (ContextError, UnknownDatasetError) as error:
        logger().warning("a ranking that cannot be made", extra={"ranking": wish.field, "reason": str(error)})
        return
    logger().info("ranked", extra={"ranking": wish.field, "datasource_version": wish.datasource_version, "years": years})
