"""Daily bars of a whole market into an empty lake, and one day more on top: seconds, memory, and bytes on the disk."""

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import polars as pl

from bench.measuring import Times, peak_megabytes, race
from bench.stored import HOME
from bench.workload import Figures, Size

DAYS_ON_TOP = 5
"""Each is an import of its own."""


def run(size: Size) -> Figures:
    """Every round has a lake of its own. Files are made and imported by processes of their own, whose memory is told apart."""
    HOME.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME.absolute(), prefix="lake-") as folder:
        _started("make", folder, str(size.stocks), str(size.bars))
        rounds = [_started("measure", folder, str(number)) for number in range(size.rounds)]
    quickest = min(rounds, key=lambda each: each["whole"]["seconds_min"])
    return {**quickest, "peak_memory_mb": max(each["peak_memory_mb"] for each in rounds), "rounds": len(rounds)}


def _started(*arguments: str) -> Figures:
    done = subprocess.run([sys.executable, "-m", "bench.lake", *arguments], stdout=subprocess.PIPE, text=True, check=True)
    found: Figures = json.loads(done.stdout)
    return found


def _make(folder: Path, stocks: int, bars: int) -> Figures:
    """`bars` sessions as one Parquet file in Tushare's shape, as a dump has them (day after day), and a file for each day on top."""
    from bench.exported import exported  # noqa: PLC0415  only who makes files needs them
    from bench.generated import generated_market  # noqa: PLC0415

    rows = pl.read_parquet(exported(generated_market(bars + DAYS_ON_TOP, stocks), folder)["bars_1d"]).drop("adj_factor")
    days = rows["trade_date"].unique().sort()
    rows.filter(pl.col("trade_date") <= days[bars - 1]).write_parquet(folder / "whole.parquet")
    for number in range(DAYS_ON_TOP):
        rows.filter(pl.col("trade_date") == days[bars + number]).write_parquet(folder / f"day-{number}.parquet")
    return {}


def _measure(folder: Path, number: int) -> Figures:
    from datalake.files.imports import import_table  # noqa: PLC0415  its memory belongs to who measures

    place = folder / f"lake-{number}"
    written: list[int] = []

    def take(name: str) -> None:
        written.append(import_table(f"file://{place}", "bars_1d", [folder / f"{name}.parquet"]).rows_written)

    whole = race({"": partial(take, "whole")}, Size(0, 0, 0, 1))[""]
    table = place / "import" / "bars_1d"
    found: Figures = {
        "rows": written[0],
        "whole": whole.figures(),
        "rows_per_second": round(written[0] / whole.wall[0]),
        "bytes_a_row": round(sum(file.stat().st_size for file in table.rglob("*.parquet")) / written[0], 1),
        "peak_memory_mb": peak_megabytes(),
    }
    days = [race({"": partial(take, f"day-{each}")}, Size(0, 0, 0, 1))[""] for each in range(DAYS_ON_TOP)]
    found["one day more"] = Times([day.wall[0] for day in days], [day.cpu[0] for day in days]).figures()
    if min(written) == 0 or len(written) != 1 + DAYS_ON_TOP:
        raise ValueError("an import brought nothing")
    return found


if __name__ == "__main__":
    told = (
        _make(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        if sys.argv[1] == "make"
        else _measure(Path(sys.argv[2]), int(sys.argv[3]))
    )
    sys.stdout.write(json.dumps(told) + os.linesep)
