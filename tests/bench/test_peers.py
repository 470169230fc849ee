"""The race against others: the prices that they are given, the means that they are given, and turns over a pipe."""

import sys
from pathlib import Path

import numpy as np
import pytest

from bench.peers import __main__ as race
from bench.peers.arrays import write
from bench.peers.turns import mean_of, prices
from bench.stored import mapped
from bench.workload import Size
from engine.market import has_bar

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".lianghu" / "peers" / "bin" / "python"


def test_everybody_is_given_the_same_prices(tmp_path: Path) -> None:
    write(tmp_path, 7, 90)
    market, others = mapped(tmp_path / "market.panel"), prices(tmp_path)
    known = has_bar(market)
    assert 0 < (~known).sum() < known.size / 10 and np.array_equal(others["has_bar"], known)
    for name in ("open", "high", "low", "close"):
        assert np.array_equal(np.rint(others[name][known] * 1_000), getattr(market, name)[known]), name
    assert np.array_equal(others["open"][~known], others["close"][~known])


def test_means_are_exact_before_they_are_divided() -> None:
    close = np.array([0.1, 0.2, 0.3, 0.3, 0.2, 0.1])
    assert np.array_equal(mean_of(close, 3), [np.nan, np.nan, 0.2, 80 / 300, 80 / 300, 0.2], equal_nan=True)
    assert np.array_equal(mean_of(np.stack([close, close[::-1]], axis=1), 2)[:, 1], mean_of(close[::-1], 2), equal_nan=True)


def test_our_side_takes_its_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "MODULES", {"ours": "bench.peers.ours"})
    write(tmp_path, 12, 200)
    found = race._raced(sys.executable, "W3", Size(12, 200, 4, 2), tmp_path)["ours"]
    assert found["seconds_min"] > 0 and found["peak_memory_mb"] > 30
    assert found["first"]["trades"] > 0


def test_a_contestant_that_ends_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "MODULES", {"ours": "bench.peers.nobody"})
    with pytest.raises(RuntimeError, match="ours has ended"):
        race._raced(sys.executable, "W3", Size(12, 200, 4, 2), tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not PEERS.exists(), reason="`make bench-peers` has not installed the peers")
@pytest.mark.parametrize("workload", ["W1", "W2", "W3"])
def test_the_peers_take_theirs(workload: str, tmp_path: Path) -> None:
    stocks = 1 if workload == "W1" else 12
    write(tmp_path, stocks, 200)
    found = race._raced(str(PEERS), workload, Size(stocks, 200, 4, 1), tmp_path)
    assert {name: each["first"]["trades"] > 0 for name, each in found.items()} == {"ours": True, "vectorbt": True, "raptorbt": True}
