"""A process of its own that makes a ranking at the same time as others, for test_rankings_kept.py. Prints what it found as one JSON line.

python -m tests.datalake.ranking_once URL OPTIONS FIELD GATE       waits until the file GATE is there
"""

import json
import sys
import time
from pathlib import Path

from datalake.lake import Lake
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import RankingSpec
from datalake.versions import resolve


def main(url: str, options: str, field: str, gate: str) -> None:
    lake = Lake(url, json.loads(options))
    dataset = resolve(lake.store)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not Path(gate).exists():
        time.sleep(0.001)
    ranking = ensure_ranking(lake, dataset, RankingSpec.of(field, 30))
    sys.stdout.write(json.dumps([ranking.ranked(int(day)) for day in ranking.sessions[::50]]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
