"""What the API tells as tables: polars frames, for notebooks. polars is loaded when the first one is made."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from functions.api.answers import RunShown
from functions.client.artifacts import ArtifactCalls
from functions.client.market import MarketCalls
from functions.client.runs import RunCalls
from functions.client.shares import ShareCalls

if TYPE_CHECKING:
    import polars as pl

PARAMS, STATS = "params.", "stats."
"""What the columns of parameters and figures begin with: as in `sort=` of the list of runs."""


class FrameCalls(RunCalls, ArtifactCalls, ShareCalls, MarketCalls):
    """Times are UTC, dates of sessions are Shanghai's, money is CNY, returns are fractions; what does not exist is null, never NaN."""

    def runs_frame(
        self, backtest_id: str, *, grid_id: str | None = None, status: str | None = None, sort: str = "position"
    ) -> "pl.DataFrame":
        """A row for each run: run_id, position, status, finished_at, a column for each parameter (`params.ma_short`) and each figure
        (`stats.sharpe`). Without runs it has no columns of those."""
        rows = [_row(run) for run in self.runs(backtest_id, grid_id=grid_id, status=status, sort=sort)]
        return _frame(rows, ("run_id", "position", "status", "finished_at"))

    def table(self, run_id: str, kind: str, *, timeout_seconds: float = 120) -> "pl.DataFrame":
        """Equity, account, trades, positions, orders, refusals or events of a run, with exact types. Waits until it is made."""
        import polars as pl  # noqa: PLC0415  only who wants frames needs it

        return pl.read_parquet(BytesIO(self.artifact(run_id, kind, "parquet", timeout_seconds=timeout_seconds)))

    def compare_frame(self, run_ids: Sequence[str], points: int | None = None) -> "pl.DataFrame":
        """A row for each run and session: run_id, date, equity (1 is the initial cash), drawdown; null where the run does not trade."""
        compared = self.compare(run_ids, points)
        rows = [
            {"run_id": run.run_id, "date": session, "equity": equity, "drawdown": drawdown}
            for run in compared.runs
            for session, equity, drawdown in zip(compared.sessions, run.equity, run.drawdown, strict=True)
        ]
        return _dated(_frame(rows, ("run_id", "date", "equity", "drawdown")))

    def ranking_frame(self, field: str, date: str | None = None, **more: Any) -> "pl.DataFrame":
        """place, ts_code, name, value; as `ranking`."""
        ranked = self.ranking(field, date, **more).ranked
        return _frame([row.model_dump() for row in ranked], ("place", "ts_code", "name", "value"))

    def bars_frame(self, code: str, frequency: str = "1d", *, most: int = 250, **more: Any) -> "pl.DataFrame":
        """time (the right edge, UTC), date, open, high, low, close, change, volume, amount, factor; as `bars`."""
        bars = self.bars(code, frequency, most=most, **more).items
        columns = ("time", "date", "open", "high", "low", "close", "change", "volume", "amount", "factor")
        return _timed(_dated(_frame([bar.model_dump() for bar in bars], columns)))


def _row(run: RunShown) -> dict[str, Any]:
    known = {"run_id": run.run_id, "position": run.position, "status": run.status, "finished_at": run.finished_at}
    params = {f"{PARAMS}{name}": value for name, value in run.params.items()}
    return known | params | {f"{STATS}{name}": value for name, value in (run.stats or {}).items()}


def _frame(rows: Sequence[Mapping[str, Any]], first: Iterable[str]) -> "pl.DataFrame":
    """Columns in the order in which rows name them; one that has whole numbers and others is of floats."""
    import polars as pl  # noqa: PLC0415

    names = list(dict.fromkeys([*first, *(name for row in rows for name in row)]))
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in names}
    for name, values in columns.items():
        if any(isinstance(value, float) for value in values):
            columns[name] = [None if value is None else float(value) for value in values]
    return pl.DataFrame({name: pl.Series(name, values) for name, values in columns.items()})


def _dated(frame: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl  # noqa: PLC0415

    return frame.with_columns(pl.col("date").cast(pl.String).str.to_date("%Y-%m-%d"))


def _timed(frame: "pl.DataFrame") -> "pl.DataFrame":
    """As the tables of a run have them."""
    import polars as pl  # noqa: PLC0415

    return frame.with_columns(pl.col("time").cast(pl.String).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ms", time_zone="UTC"))
