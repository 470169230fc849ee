"""Quiet markets to write one thing into: every stock has the same price all the time."""

from typing import Any

import numpy as np

from engine.market import Actions, Listings, Market, board_of


def flat_market(codes: list[str], sessions: list[int], price: int = 10_000, is_st: Any = 0, listed_sessions: Any = 0) -> Market:
    """One bar a day; is_st and listed_sessions: a number, or one a day."""
    shape = len(sessions), len(codes)

    def whole(value: Any, dtype: Any) -> Any:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(value, dtype).reshape(-1, 1), shape))

    return Market(
        frequency="1d",
        dataset="flat:v1",
        times=np.arange(shape[0], dtype=np.int64),
        sessions=np.array(sessions, np.int32),
        window_start=0,
        codes=tuple(codes),
        boards=tuple(board_of(code) for code in codes),
        open=np.full(shape, price, np.int32),
        high=np.full(shape, price, np.int32),
        low=np.full(shape, price, np.int32),
        close=np.full(shape, price, np.int32),
        pre_close=np.full(shape, price, np.int32),
        volume=np.full(shape, 10**6, np.int64),
        amount=np.zeros(shape, np.int64),
        adj_factor=np.full(shape, 10**6, np.int64),
        limit_up=np.zeros(shape, np.int32),
        limit_down=np.zeros(shape, np.int32),
        member=np.ones(shape, np.uint8),
        is_st=whole(is_st, np.uint8),
        listed_sessions=whole(listed_sessions, np.int32),
        fields={},
        listings=Listings.plain(shape[1]),
        actions=Actions.none(),
    )
