"""How an artifact is asked for."""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from functions.api.models import ListQuery, SessionDate


class ArtifactQuery(ListQuery):
    """Rows can be chosen of a table's JSON. Of trades those that were held on a day of the range, of positions those bought in it."""

    format: Literal["csv", "json", "parquet", "txt", "html"] | None = Field(None, description="Omitted: the stored one")
    limit: int = Field(1000, ge=1, le=10_000, description="Rows of a JSON page at most; very long rows make shorter pages")
    ts_code: str | None = Field(None, min_length=1, max_length=40, description="Only this stock's rows", examples=["600519.SH"])
    first: SessionDate | None = Field(None, alias="from", description="Only rows of this day or later", examples=["2024-01-02"])
    last: SessionDate | None = Field(None, alias="to", description="Only rows of this day or earlier", examples=["2024-06-28"])

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise PydanticCustomError("range", "from is later than to", {"hint": f"swap {self.first} and {self.last}?"})
        return self
