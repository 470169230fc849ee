"""Shapes of the calls on market data: what is asked, and what is answered."""

from typing import Literal

from pydantic import ConfigDict, Field

from functions.api.answers import Answered, Time
from functions.api.models import Sent, SessionDate

VERSION = r"^[a-z][a-z0-9_-]{0,31}(:v[0-9]{1,9})?$"
MOST_BARS = 5000


class OfDataset(Sent):
    """What every question to a dataset may say."""

    datasource_version: str | None = Field(
        None, pattern=VERSION, description="import:v3; import: its newest; omitted: the newest of all", examples=["sample:v1"]
    )


class OfDays(OfDataset):
    """A question about a range of days, both included."""

    start: SessionDate | None = Field(None, description="The first day; omitted: as far as the data go", examples=["2024-11-01"])
    end: SessionDate | None = Field(None, description="The last day; omitted: as far as the data go", examples=["2024-12-31"])


class InstrumentQuery(OfDataset):
    search: str = Field(
        "", max_length=50, description="Part of a code or a name; codes that begin so come first, then names", examples=["样本02"]
    )
    board: str = Field("", max_length=64, description="main,chinext,star,bse,fund; omitted: all", examples=["main,star"])
    industry: str = Field("", max_length=200, description="Names of industries, with commas; omitted: all", examples=["汽车"])
    listed_on: SessionDate | None = Field(None, description="Only what is listed on this day", examples=["2024-06-03"])
    limit: int = Field(50, ge=1, le=1000, description="Rows of a page")
    cursor: str | None = Field(None, max_length=1000, description="`next_cursor` of the page before")


class CalendarQuery(OfDays):
    pass


class IndexQuery(OfDataset):
    pass


class BarQuery(OfDays):
    code: str = Field(max_length=20, description="A stock, fund or index", examples=["009001.SZ"])
    frequency: Literal["1d", "1m", "5m", "15m", "30m", "60m", "1w", "1mo"] = Field(
        "1d", description="As far as the dataset has or makes it"
    )
    adjust: Literal["none", "back", "forward"] = Field(
        "none",
        description="none: as traded; back: times the factor, as strategies see prices; forward: in the scale of the window's last bar",
    )
    limit: int = Field(250, ge=1, le=MOST_BARS, description="Bars of a page: the window's newest; `next_cursor` goes back in time")
    cursor: str | None = Field(None, max_length=1000, description="`next_cursor` of the page before")


class InstrumentShown(Answered):
    ts_code: str
    name: str
    board: str
    """main, chinext, star, bse, fund, or fund_20: a fund whose limit is 20%."""
    industry: str | None
    list_date: str | None
    delist_date: str | None
    """The first day without listing; null: it is listed."""
    same_day: bool
    """May be sold on the day of its purchase."""


class InstrumentList(Answered):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "ts_code": "009001.SZ",
                            "name": "样本029",
                            "board": "main",
                            "industry": "计算机",
                            "list_date": "2004-01-26",
                            "delist_date": None,
                            "same_day": False,
                        }
                    ],
                    "next_cursor": None,
                    "total": 1,
                    "datasource_version": "sample:v1",
                }
            ]
        }
    )

    items: list[InstrumentShown]
    next_cursor: str | None
    total: int
    """That fit, on all pages."""
    datasource_version: str


class CalendarShown(Answered):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "datasource_version": "sample:v1",
                    "first": "2018-01-02",
                    "last": "2024-12-31",
                    "sessions": ["2024-12-30", "2024-12-31"],
                }
            ]
        }
    )

    datasource_version: str
    first: str | None
    """The first session that the dataset knows."""
    last: str | None
    """The last one; it may lie beyond the bars."""
    sessions: list[str]
    """Of the range, ascending; Asia/Shanghai."""


class IndexShown(Answered):
    ts_code: str
    has_bars: bool
    """It can be a benchmark, and looked at by days, weeks and months."""
    has_members: bool
    """It can be a universe."""
    first: str | None
    """Of its bars; null: there are none, or the version is older than what is noted of them."""
    last: str | None


class IndexList(Answered):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [{"ts_code": "009300.SH", "has_bars": True, "has_members": True, "first": "2018-01-02", "last": "2024-12-31"}],
                    "datasource_version": "sample:v1",
                }
            ]
        }
    )

    items: list[IndexShown]
    datasource_version: str


class AnchorShown(Answered):
    """The bar whose prices are as they were traded."""

    time: Time
    factor: float


class BarShown(Answered):
    time: Time
    """Its right edge; of days, weeks and months the last session's close."""
    date: str
    """The session, of weeks and months the last one."""
    open: float
    high: float
    low: float
    close: float
    """CNY, in the scale that was asked for."""
    change: float | None
    """From the reference price (of minutes: the bar before) to the close: 0.1 is +10%."""
    volume: int
    """shares"""
    amount: float
    """CNY"""
    factor: float


class BarList(Answered):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "datasource_version": "sample:v1",
                    "code": "009001.SZ",
                    "name": "样本029",
                    "frequency": "1d",
                    "made_from": None,
                    "adjust": "forward",
                    "anchor": {"time": "2024-12-31T07:00:00.000Z", "factor": 1.062},
                    "items": [
                        {
                            "time": "2024-12-31T07:00:00.000Z",
                            "date": "2024-12-31",
                            "open": 10.2,
                            "high": 10.5,
                            "low": 10.1,
                            "close": 10.4,
                            "change": 0.0196,
                            "volume": 1200300,
                            "amount": 12423105.0,
                            "factor": 1.062,
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        }
    )

    datasource_version: str
    code: str
    name: str
    """Of an index the code."""
    frequency: str
    made_from: str | None
    """The stored frequency that the bars are made of; null: they are stored."""
    adjust: Literal["none", "back", "forward"]
    anchor: AnchorShown | None
    """Of `forward` the window's last bar, the same on every page; null: otherwise, or without bars."""
    items: list[BarShown]
    """Ascending. Sessions without a bar (suspensions, halts) are left out."""
    next_cursor: str | None
    """Of the bars before these in the window."""
