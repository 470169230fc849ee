"""Shares on the wire: what their owner asks for and sees, and what everybody sees who has the link."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from functions.api.answers import Answered, Time
from functions.api.models import Sent

Part = Literal["trades", "report"]
_SHOWN: dict[str, Any] = {
    "share_id": "c0a8012e-5d2f-4a3e-8b6f-0e1d2c3b4a59",
    "run_id": "6f1c1f2e-8f0a-4f0e-9a3e-0d6f6d1c2b11",
    "title": "五日与二十日均线",
    "include": ["trades"],
    "views": 3,
    "created_at": "2026-11-21T08:00:00.000Z",
    "expires_at": "2026-12-21T08:00:00.000Z",
    "revoked_at": None,
}
_TOKEN = "q0Zz3vM4sXh1c2V6dYlT8nKpRw7uEa5B"  # noqa: S105  an example


class NewShareBody(Sent):
    """What of a run is shown to whoever has the link."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days": 30, "title": "五日与二十日均线", "include": ["trades"]}]})

    days: int = Field(30, ge=1, le=365, strict=True, description="How long the link works")
    title: str = Field("", max_length=200, description="Shown above it; omitted: the strategy's name")
    include: list[Part] = Field(
        default_factory=list,
        max_length=2,
        description="Beside figures, curve and months: `trades`, the closed ones; `report`, the whole page as its owner sees it",
    )


class ShareShown(Answered):
    """One of your links. Nobody can be told the token again."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})

    share_id: str
    run_id: str
    title: str
    include: list[Part]
    views: int
    created_at: Time
    expires_at: Time
    revoked_at: Time | None


class ShareCreated(ShareShown):
    model_config = ConfigDict(json_schema_extra={"examples": [{**_SHOWN, "views": 0, "token": _TOKEN, "path": f"/api/shares/{_TOKEN}"}]})

    token: str
    """Shown in this answer alone: only its hash is stored."""
    path: str
    """Where the share is seen, without signing in."""


class ShareList(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_SHOWN], "next_cursor": None}]})

    items: list[ShareShown]
    next_cursor: str | None


class SharedMonth(Answered):
    month: str
    """YYYY-MM, as far as the window covers it."""
    value: float
    """The return, a fraction."""
    benchmark: float | None
    """The benchmark's; null without one, or where it has a gap at either end."""
    sessions: int


class SharedRun(Answered):
    """A run as it was when it was shared; it does not change when the run goes. Without the strategy's text, without ids, without codes
    that the owner chose one by one, and without rules of an own universe."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "五日与二十日均线",
                    "strategy_name": "dual-moving-average",
                    "created_at": "2026-11-21T08:00:00.000Z",
                    "expires_at": "2026-12-21T08:00:00.000Z",
                    "synthetic": True,
                    "context": {
                        "universe": {"all": True},
                        "frequency": "1d",
                        "window": {"start": "2024-01-02", "end": "2024-01-03"},
                        "datasource_version": "sample:v1",
                        "initial_cash": 1000000,
                        "benchmark": "000300.SH",
                        "costs": None,
                        "execution": None,
                    },
                    "params": {"ma_short": 5, "ma_long": 20},
                    "stats": {"return": 0.012, "max_dd": 0.0, "sharpe": 1.1},
                    "sessions": ["2024-01-02", "2024-01-03"],
                    "equity": [1.0, 1.012],
                    "drawdown": [0.0, 0.0],
                    "benchmark_code": "000300.SH",
                    "benchmark": [0.999, 1.003],
                    "months": [{"month": "2024-01", "value": 0.012, "benchmark": 0.003, "sessions": 2}],
                    "trades": [
                        {
                            "ts_code": "000001.SZ", "entry_date": "2024-01-02", "entry_price_yuan": 9.21, "shares": 1000,
                            "exit_date": "2024-01-03", "exit_price_yuan": 9.3, "pnl_yuan": 81.2, "return": 0.0088, "exit_reason": "signal",
                        }
                    ],
                    "trade_count": 1,
                    "has_report": False,
                }
            ]
        }
    )  # fmt: skip

    title: str
    strategy_name: str
    created_at: Time
    expires_at: Time
    synthetic: bool
    """Of the invented sample market: no real stock is in it."""
    context: dict[str, Any]
    """universe, frequency, window, datasource_version, initial_cash, benchmark, costs, execution. The universe is an index, industries,
    boards, a ranking or all stocks; {"codes": n} of a list of codes; null of the strategy's own, or of a rule that combines several."""
    params: dict[str, float | int]
    stats: dict[str, float | int | None]
    sessions: list[str]
    equity: list[float]
    """At the closes of `sessions`; 1 is the initial cash."""
    drawdown: list[float]
    """Below the highest so far; at most 0."""
    benchmark_code: str | None
    benchmark: list[float | None] | None
    """The same money in the benchmark; null in gaps."""
    months: list[SharedMonth]
    trades: list[dict[str, Any]] | None
    """The closed ones, at most the first 1,000; null: they are not shared."""
    trade_count: int
    has_report: bool
    """Whether the page is there, at the same address and /report."""
