"""Tables of signals on the wire: orders or target weights from outside, which are traded instead of a strategy's rules."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from functions.api.answers import Answered, Time
from functions.api.language_shapes import ProblemShown
from functions.api.models import ListQuery, Sent, SessionDate, Text
from functions.api.strategy_shapes import Name

Kind = Literal["orders", "weights"]
MOST_KEYS = 50
MOST_ROWS = 50_000
"""More than a body of 1 MiB can hold of rows with a day, a code and a figure; each wrong one is a problem to be put into words."""
LONGEST_KEY, LONGEST_CELL = 100, 200

_ID = "5f0b7c1e-6a0f-4f3b-9c38-0a5a6a8b9c11"
_ROWS: list[Any] = [
    {"date": "2022-01-04", "ts_code": "609001.SH", "shares": 200},
    {"date": "2022-03-01", "ts_code": "609001.SH", "shares": -200},
]
CSV = "date,ts_code,weight\n2022-01-04,609001.SH,0.5\n2022-01-04,302902.SZ,0.4\n2022-03-01,609001.SH,0.9\n"
_CARD: dict[str, Any] = {
    "signal_id": _ID, "kind": "orders", "name": "trades of 2022", "rows": 2, "codes": 1, "first": "2022-01-04", "last": "2022-03-01",
    "has_settings": True, "identity": "8c2f0f4b6f0f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f809",
    "created_at": "2026-11-21T09:30:00.000Z",
}  # fmt: skip
SETTINGS = "costs: {commission: 0.0002}\n"


def _row(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PydanticCustomError("row", "must be an object: a column's name to its value")
    if len(value) > MOST_KEYS:
        raise PydanticCustomError("row", f"has more than {MOST_KEYS} columns")
    for key, cell in value.items():
        if len(key) > LONGEST_KEY or (isinstance(cell, str) and len(cell) > LONGEST_CELL):
            raise PydanticCustomError("row", f"{key[:LONGEST_KEY]!a} is longer than a cell may be")
        if not (cell is None or isinstance(cell, str | int | float)) or isinstance(cell, bool):
            raise PydanticCustomError("row", f"{key!a} must be a text, a number or null")
        if isinstance(cell, int) and abs(cell) > 10**15:
            raise PydanticCustomError("row", f"{key!a} is larger than any figure of an order")
    return value


Row = Annotated[
    Any,
    BeforeValidator(_row),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}, "maxProperties": MOST_KEYS}),
]


class NewSignals(Sent):
    """The rows as JSON or as the text of a CSV: exactly one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "orders", "name": "trades of 2022", "settings": SETTINGS, "rows": _ROWS},
                {"kind": "weights", "csv": CSV},
            ]
        }
    )

    kind: Kind
    name: Name | None = Field(None, description="Omitted: made of the kind and the days")
    settings: Text | None = Field(None, description="A YAML text of costs, execution, risk, rules, portfolio.cash_reserve")
    rows: list[Row] | None = Field(
        None, max_length=MOST_ROWS, description="A row is an object: a column's name to its value. docs/tutorial.md names the columns"
    )
    csv: str | None = Field(None, description="With a header; UTF-8")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.rows is None) == (self.csv is None):
            raise PydanticCustomError("one_of", "needs exactly one of rows, csv")
        return self


class UploadQuery(Sent):
    """Of a body that is a CSV; JSON says these inside."""

    kind: Kind | None = Field(None, description="Of a body that is text/csv")
    name: Name | None = Field(None, description="Of a body that is text/csv; omitted: made of the kind and the days")


class SignalsQuery(ListQuery):
    name: str = Field("", max_length=200, description="Only those whose names begin like this")


class SignalsListed(Answered):
    """Without the rows."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CARD]})

    signal_id: str
    kind: Kind
    name: str
    rows: int
    codes: int
    """Different stocks."""
    first: SessionDate
    """The days of the first and of the last line."""
    last: SessionDate
    has_settings: bool
    identity: str
    """Of what is traded and how: the same rows in another file have the same."""
    created_at: Time


class SignalsList(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_CARD], "next_cursor": None}]})

    items: list[SignalsListed]
    next_cursor: str | None


class SignalsCreated(SignalsListed):
    model_config = ConfigDict(json_schema_extra={"examples": [{**_CARD, "unused": ["remark"], "warnings": []}]})

    unused: list[str]
    """Columns that nobody reads."""
    warnings: list[ProblemShown]
    """Settings without effect."""


class SignalsTable(Answered):
    """As it was uploaded."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"signal_id": _ID, "kind": "orders", "name": "trades of 2022", "settings": SETTINGS, "rows": _ROWS, "csv": None}]
        }
    )

    signal_id: str
    kind: Kind
    name: str
    settings: str | None
    rows: list[dict[str, Any]] | None
    csv: str | None
