import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from functions.errors import ApiError
from functions.jobs.store import Store
from functions.stores.strategies import Strategies
from tests.functions.submissions import SOURCE, make_backtest

NOWHERE = str(uuid.uuid5(uuid.NAMESPACE_OID, "nowhere"))  # fixed: names of tests must be the same in every process


def test_strategy_versions_count_up_and_an_unchanged_one_is_not_repeated(strategies: Strategies, user: str) -> None:
    first = strategies.create_strategy_version(user, "趋势", "a", "identity-a")
    again = strategies.create_strategy_version(user, "趋势", "a # comment", "identity-a", first.strategy_id)
    second = strategies.create_strategy_version(user, "趋势", "b", "identity-b", first.strategy_id)
    back = strategies.create_strategy_version(user, "趋势", "a", "identity-a", first.strategy_id)
    assert (first.version, again.id, second.version, back.version) == (1, first.id, 2, 3)
    assert strategies.get_strategy(user, first.strategy_id) == back
    assert strategies.get_strategy(user, NOWHERE) is None
    assert strategies.get_strategy(user, "no uuid") is None


def test_versions_that_were_saved_at_once_were_listed_by_when_they_began(
    strategies: Strategies, user: str, admin: psycopg.Connection
) -> None:
    made = [strategies.create_strategy_version(user, "趋势", text, text) for text in "abcd"]
    admin.execute("update public.strategy_versions set created_at = now() - make_interval(hours => version % 3)")
    listed, cursor = [], None
    while (page := strategies.list_versions(user, made[0].strategy_id, 2, cursor)) and (listed := [*listed, *page[0]]) and page[1]:
        cursor = page[1]
    assert [card.version for card in listed] == [4, 3, 2, 1]


def test_a_version_of_an_unknown_strategy_is_not_found(strategies: Strategies, user: str) -> None:
    with pytest.raises(ApiError) as error:
        strategies.create_strategy_version(user, "x", "x", "x", NOWHERE)
    assert error.value.code == "NOT_FOUND"


def test_a_text_without_a_strategy_is_kept_under_its_name_once(strategies: Strategies, user: str) -> None:
    texts = ("a", "b", "a", "c", "b")
    kept = [strategies.create_strategy_version(user, "趋势", text, f"identity-{text}") for text in texts]
    assert [version.version for version in kept] == [1, 2, 1, 3, 2] and len({version.strategy_id for version in kept}) == 1
    assert kept[2].id == kept[0].id


def test_a_deletion_and_a_backtest_at_the_same_time_leave_nothing_dangling(strategies: Strategies, user: str) -> None:
    """Either the backtest was first, and its text stays; or the deletion was, and there is no backtest."""
    for number in range(30):
        version = strategies.create_strategy(user, f"s{number}", "text", "identity")
        with ThreadPoolExecutor(2) as threads:
            made = threads.submit(strategies.create_backtest, user, version.id, {"universe": []})
            deleted = threads.submit(strategies.delete_strategy, user, version.strategy_id)
        deleted.result()
        text = strategies.get_strategy_version(user, version.strategy_id, 1)
        error = made.exception()
        if error is None:
            backtest = strategies.get_backtest(user, made.result())
            assert backtest is not None and backtest.strategy.source == "text" and text is not None
        else:
            assert isinstance(error, ApiError) and error.code == "NOT_FOUND" and text is None
        assert strategies.get_strategy(user, version.strategy_id) is None


def test_a_backtest_comes_back_as_it_was_made(store: Store, strategies: Strategies, user: str) -> None:
    backtest_id = make_backtest(store, user)
    backtest = strategies.get_backtest(user, backtest_id)
    assert backtest is not None
    assert backtest.strategy.source == SOURCE
    assert backtest.context == {"universe": ["000001.SZ"], "datasource_version": "sample:v1"}
    assert backtest.notes == "notes"
    assert backtest.created_at.tzinfo is not None
    assert SOURCE not in repr(backtest)


def test_backtests_page_newest_first(store: Store, strategies: Strategies, user: str) -> None:
    made = [make_backtest(store, user) for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        items, cursor = strategies.list_backtests(user, limit=2, cursor=cursor)
        seen += [item.id for item in items]
        if cursor is None:
            break
    assert seen == made[::-1]
