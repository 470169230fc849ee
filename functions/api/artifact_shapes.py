"""Which artifacts a run has, in which formats, and how one is asked for."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from functions.api.models import ListQuery, SessionDate

Kind = Literal[
    "equity", "account", "trades", "positions", "orders", "refusals", "events", "logs", "report", "statistics", "findings"
]  # fmt: skip
TABLE = ("csv", "json", "parquet")


class Offered(NamedTuple):
    key: str
    """Its name among a run's artifacts."""
    formats: tuple[str, ...]
    """The first is the stored one."""


ARTIFACTS: Mapping[str, Offered] = {
    "equity": Offered("equity_curve_path", TABLE),
    "account": Offered("account_path", TABLE),
    "trades": Offered("trades_path", TABLE),
    "positions": Offered("positions_path", TABLE),
    "orders": Offered("orders_path", TABLE),
    "refusals": Offered("refusals_path", TABLE),
    "events": Offered("events_path", TABLE),
    "logs": Offered("logs_path", ("txt",)),
    "report": Offered("report_path", ("html",)),
    "statistics": Offered("statistics_path", ("json",)),
    "findings": Offered("findings_path", ("json",)),
}


class ArtifactQuery(ListQuery):
    """Rows can be chosen of a table's JSON. Of trades those that were held on a day of the range, of positions those bought in it."""

    format: Literal["csv", "json", "parquet", "txt", "html"] | None = Field(None, description="Omitted: the stored one")
    limit: int = Field(
        1000,
        ge=1,
        le=10_000,
        description="Rows of a JSON page at most; of very long rows, and of rows that lie far apart, a page has fewer, or none",
    )
    ts_code: str | None = Field(None, min_length=1, max_length=40, description="Only this stock's rows", examples=["600519.SH"])
    first: SessionDate | None = Field(None, alias="from", description="Only rows of this day or later", examples=["2024-01-02"])
    last: SessionDate | None = Field(None, alias="to", description="Only rows of this day or earlier", examples=["2024-06-28"])

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise PydanticCustomError("range", "from is later than to", {"hint": f"swap {self.first} and {self.last}?"})
        return self
