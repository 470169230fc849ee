"""A small server that speaks Tushare's protocol with its traps, for tests.

One POST per call, at /<api_name> or at the bare address; rows come newest first; a call gives at most its cap and says nothing
about the rest (`has_more` can be switched off); 40203 means "too often" and "not allowed"; HTTP errors can be ordered.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl

TOKEN = "a-token-for-tests"

Refuse = Callable[[str, dict[str, Any], int], tuple[int, Any] | None]
"""From interface, parameters and the number of the call (from 1) to an HTTP status and body, or None to serve."""


@dataclass
class StandIn:
    """What is served and what was asked."""

    url: str
    tables: dict[str, pl.DataFrame]
    cap: int = 6000
    tells_more: bool = True
    refuse: Refuse = lambda api_name, params, number: None
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, api_name: str, token: str, params: dict[str, Any], fields: str) -> tuple[int, Any]:
        with self.lock:
            self.calls.append((api_name, params))
            number = len(self.calls)
        refused = self.refuse(api_name, params, number)
        if refused:
            return refused
        if token != TOKEN:
            return 200, {"code": 40101, "msg": "您的token不对，请确认。", "data": None}
        if api_name not in self.tables:
            return 200, {
                "code": 40203,
                "msg": f"抱歉，您没有接口({api_name})访问权限，权限的具体详情访问：https://tushare.pro/document/1",
                "data": None,
            }
        rows = self._rows(api_name, params)
        offset, limit = int(params.get("offset") or 0), min(int(params.get("limit") or self.cap), self.cap)
        page = rows[offset : offset + limit]
        names = [name for name in (fields.split(",") if fields else rows.columns) if name in rows.columns]
        more = self.tells_more and offset + limit < rows.height
        return 200, {"code": 0, "msg": None, "data": {"fields": names, "items": page.select(names).rows(), "has_more": more}}

    def _rows(self, api_name: str, params: dict[str, Any]) -> pl.DataFrame:
        rows = self.tables[api_name]
        for name in ("trade_date", "ex_date", "ts_code", "exchange"):
            if params.get(name) and name in rows.columns:
                rows = rows.filter(pl.col(name) == params[name])
        if api_name == "stock_basic":
            rows = rows.filter(pl.col("list_status") == params.get("list_status", "L"))
        if api_name == "trade_cal":
            rows = rows.filter(pl.col("cal_date").is_between(pl.lit(params.get("start_date", "0")), pl.lit(params.get("end_date", "9"))))
        day = next((name for name in ("trade_date", "cal_date") if name in rows.columns), None)
        return rows.sort(day, descending=True, maintain_order=True) if day else rows


@contextmanager
def serve(tables: dict[str, pl.DataFrame]) -> Iterator[StandIn]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    standin = StandIn(f"http://127.0.0.1:{server.server_address[1]}", tables)
    _Handler.standins[server.server_address[1]] = standin
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    standins: dict[int, StandIn] = {}  # noqa: RUF012  by port

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        standin = self.standins[self.server.server_address[1]]  # type: ignore[index]
        api_name = self.path.strip("/") or body["api_name"]
        status, value = standin.answer(api_name, body["token"], body["params"], body["fields"])
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Tests say what matters."""


def real_tables(folder: Path, first: date, last: date) -> dict[str, pl.DataFrame]:
    """Real rows as Tushare would serve them; names and dates of listings are not among the real files, so they are made up."""
    bars = pl.read_parquet(folder / "bars_1d_sample_2018_2020.parquet").filter(pl.col("trade_date").is_between(first, last))
    calendar = pl.read_parquet(folder / "trade_cal_xshg.parquet")
    codes = bars["ts_code"].unique().sort()
    listed = pl.DataFrame({"ts_code": codes, "name": codes, "list_date": ["20000104"] * len(codes), "list_status": ["L"] * len(codes)})
    daily = bars.drop("adj_factor").with_columns(_text("trade_date"))
    return {
        "stock_basic": listed.with_columns(pl.lit(None, dtype=pl.String).alias("delist_date")),
        "trade_cal": calendar.with_columns(_text("cal_date"), _text("pretrade_date")),
        "daily": daily,
        "adj_factor": bars.select("ts_code", _text("trade_date"), "adj_factor"),
        "dividend": _real_dividends(folder, first, last),
    }


def _real_dividends(folder: Path, first: date, last: date) -> pl.DataFrame:
    """The real ex-dates as if each had been cash alone: no file has the records."""
    events = pl.read_parquet(folder / "ex_events_2018_2020.parquet").filter(pl.col("ex_date").is_between(first, last))
    cash = (pl.col("prev_close") - pl.col("pre_close")).round(2)
    found = events.filter(cash > 0).with_columns(cash_div_tax=cash, cash_div=cash)
    return _dividend_rows(
        found.with_columns(stk_div=pl.lit(0.0), record_date="ex_date", pay_date="ex_date", div_listdate=pl.lit(None, pl.Date))
    )


def _dividend_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """As Tushare serves them: the plan beside what was carried out, and that twice with another date of announcement."""
    dates = [_text(name) for name in ("ex_date", "record_date", "pay_date", "div_listdate")]
    done = rows.select("ts_code", *dates, "stk_div", "cash_div", "cash_div_tax", end_date=pl.lit("20181231"), div_proc=pl.lit("实施"))
    planned = done.with_columns(div_proc=pl.lit("预案"), stk_div=pl.lit(9.0))
    return pl.concat(
        [planned, done.with_columns(ann_date=pl.lit("20190401")), done.with_columns(ann_date=pl.lit("20190402"))], how="diagonal"
    )


def sample_tables_of(tables: dict[str, pl.DataFrame], first: date, last: date) -> dict[str, pl.DataFrame]:
    """Rows of the sample market as Tushare would serve them."""
    inside = pl.col("trade_date").is_between(first, last)
    bars = tables["bars_1d"].filter(inside & ~pl.col("ts_code").str.contains("^(5|15)"))
    prices = [pl.col(name) / 1000.0 for name in ("open", "high", "low", "close", "pre_close")]
    sizes = [(pl.col("volume") / 100.0).alias("vol"), (pl.col("amount") / 1_000_000.0).alias("amount")]
    return {
        "stock_basic": tables["instruments"].with_columns(_text("list_date"), _text("delist_date")),
        "trade_cal": tables["trade_cal"].with_columns(_text("cal_date"), _text("pretrade_date")),
        "daily": bars.select("ts_code", _text("trade_date"), *prices, *sizes),
        "adj_factor": tables["adj_factor"].filter(inside).select("ts_code", _text("trade_date"), pl.col("adj_factor") / 1_000_000.0),
        "dividend": _dividend_rows(
            tables["dividends"]
            .filter(pl.col("ex_date").is_between(first, last))
            .with_columns((pl.col(name) / 1_000_000.0 for name in ("stk_div", "cash_div_tax")), cash_div=pl.col("cash_div_tax") * 0.8)
        ),
    }


def _text(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime("%Y%m%d")
