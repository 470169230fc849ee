"""Lakes of generated bars, made once and only read afterwards: daily ones of any size, and five-minute ones of the same days."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from bench.stored import HOME
from datalake.calendar import ints_to_dates
from engine.market import Market, has_bar

MAKERS = ("generated.py", "exported.py", "lakes.py")
"""Another text of these makes other lakes."""
BARS_A_DAY = 48
LI = 1_000


def lake_of(stocks: int, bars: int, frequency: str = "1d") -> Path:
    """The folder of a lake of daily bars, for "5m" five-minute bars too. Made by a process of its own, whose memory is not this one's."""
    here = Path(__file__).parent
    made = hashlib.sha256(b"".join((here / name).read_bytes() for name in MAKERS)).hexdigest()[:12]
    place = HOME.absolute() / f"lake-{stocks}x{bars}-{frequency}-{made}"
    if not place.exists():
        subprocess.run([sys.executable, "-m", "bench.lakes", str(stocks), str(bars), frequency, str(place)], check=True)
    return place


def five_minutes(market: Market) -> pl.DataFrame:
    """Each day's bar cut into 48 that walk from its open to its close, reach its high and its low, and share its volume; as a dump of
    Tushare has them: CNY, shares, sorted by code and time."""
    stocks, days = np.nonzero(has_bar(market).T)
    day = {name: getattr(market, name)[days, stocks].astype(np.int64) for name in ("open", "high", "low", "close", "volume")}
    random, rows = np.random.default_rng(11), np.arange(len(days))
    share = np.arange(BARS_A_DAY + 1) / BARS_A_DAY
    path = day["open"][:, None] + np.rint((day["close"] - day["open"])[:, None] * share / 10).astype(np.int64) * 10
    path[:, -1] = day["close"]
    open_, close = path[:, :-1], path[:, 1:]
    high, low = np.maximum(open_, close), np.minimum(open_, close)
    high[rows, random.integers(0, BARS_A_DAY, len(days))] = day["high"]
    low[rows, random.integers(0, BARS_A_DAY, len(days))] = day["low"]
    volume = np.repeat(day["volume"] // BARS_A_DAY, BARS_A_DAY).reshape(-1, BARS_A_DAY)
    volume[:, -1] += day["volume"] % BARS_A_DAY
    half = np.arange(5, 121, 5)
    opened = ints_to_dates(market.sessions)
    edges = opened[days].astype("datetime64[m]")[:, None] + np.concatenate([half + 570, half + 780]).astype("timedelta64[m]")
    prices = {"open": open_, "high": high, "low": low, "close": close}
    return pl.DataFrame(
        {
            "ts_code": pl.Series(np.array(market.codes)[np.repeat(stocks, BARS_A_DAY)]),
            "trade_time": edges.reshape(-1).astype("datetime64[ms]"),
            **{name: array.reshape(-1) / LI for name, array in prices.items()},
            "vol": volume.reshape(-1),
            "amount": (volume * close).reshape(-1) / LI,
        }
    )


def _make(stocks: int, bars: int, frequency: str, place: Path) -> None:
    """Beside, and then renamed: a lake is there whole or not at all."""
    from bench.exported import exported  # noqa: PLC0415  only who makes a lake needs them
    from bench.generated import generated_market  # noqa: PLC0415
    from datalake.files.imports import import_table  # noqa: PLC0415

    place.parent.mkdir(parents=True, exist_ok=True)
    market = generated_market(bars, stocks)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="making-") as folder:
        files = exported(market, Path(folder))
        if frequency != "1d":
            files["bars_5m"] = Path(folder) / "bars_5m.parquet"
            five_minutes(market).write_parquet(files["bars_5m"])
        for table, file in files.items():
            import_table(f"file://{folder}/lake", table, [file])
        shutil.move(Path(folder) / "lake", place)


if __name__ == "__main__":
    _make(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
