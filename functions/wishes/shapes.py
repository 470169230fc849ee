"""Kinds of wishes as they travel to the planner: the only description of their JSON. A new kind is a class here and a row in `makers`."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Version = Field(max_length=64, description="Of the dataset, as a manifest is called: import:v3")


class Wish(BaseModel):
    """Making one twice makes the same bytes; who lost this message asks again. Each kind says its own name in `kind`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    beside: ClassVar[frozenset[str]] = frozenset({"request_id"})
    """Fields that do not decide what is made."""

    kind: str
    request_id: Annotated[str, Field(max_length=200)] = ""

    @property
    def named(self) -> dict[str, Any]:
        """What is to be made: wishes that are equal here fail alike."""
        return self.model_dump(mode="json", exclude=set(self.beside))

    @property
    def log_keys(self) -> dict[str, object]:
        return {"request_id": self.request_id, "wish": self.kind}


class RankingWish(Wish):
    """A year of a ranking."""

    beside: ClassVar[frozenset[str]] = frozenset({"request_id", "day"})

    kind: Literal["ranking"] = "ranking"
    datasource_version: str = Version
    field: str = Field(max_length=64)
    depth: int = Field(ge=0)
    lowest: bool
    boards: tuple[str, ...] = Field(max_length=10)
    day: int
    """A session of the year that is wanted first, YYYYMMDD."""

    @property
    def named(self) -> dict[str, Any]:
        return super().named | {"year": self.day // 10_000}


class BarsWish(Wish):
    """The bars of one code of one frequency."""

    kind: Literal["bars"] = "bars"
    datasource_version: str = Version
    code: str = Field(max_length=20)
    frequency: str = Field(max_length=10)
    part: int = Field(ge=0, le=9999)
    """Of minutes the calendar year; 0: all of them."""


class ParquetWish(Wish):
    """A table of a run's account as Parquet, out of its CSV file."""

    kind: Literal["parquet"] = "parquet"
    path: str = Field(max_length=200, pattern=r"^artifacts/[0-9a-f-]{36}/[0-9a-f-]{36}/(partial-[0-9]{1,3}/)?[a-z]{1,20}\.csv$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the CSV file."""


AnyWish = RankingWish | BarsWish | ParquetWish
"""Every kind."""
