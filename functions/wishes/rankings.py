"""A year of a ranking, made and put into the lake."""

from datalake.lake import Lake
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import RankingSpec
from datalake.versions import resolve
from functions.logs import logger
from functions.wiring import House
from functions.wishes.shapes import RankingWish


def make_ranking(wish: RankingWish, house: House) -> None:
    """Only the year that is wanted."""
    lake = Lake(house.settings.lake_url, house.object_options)
    years: list[int] = []
    dataset = resolve(lake.store, wish.datasource_version)
    spec = RankingSpec(wish.field, wish.depth, wish.lowest, wish.boards)
    ensure_ranking(lake, dataset, spec, (wish.day, wish.day), years.append)
    logger().info("ranked", extra={"ranking": wish.field, "datasource_version": wish.datasource_version, "years": years})
