"""What W4 times: a process that maps a market, compiles a text, computes one combination and says when it was where."""

import json
import sys
import time
from pathlib import Path

clock = {"interpreter": time.perf_counter()}

from bench.stored import mapped  # noqa: E402  each import is a phase of its own
from bench.strategies import INITIAL_CASH, dual_moving_average  # noqa: E402
from engine.language import compile_strategy  # noqa: E402

clock["language and panel imported"] = time.perf_counter()

from engine.evaluate import evaluate_block  # noqa: E402

clock["engine imported"] = time.perf_counter()


def main(file: Path) -> None:
    market = mapped(file)
    program = compile_strategy(dual_moving_average(slots=1))
    clock["market mapped, text compiled"] = time.perf_counter()
    cell = evaluate_block(program, market, [{"ma_short": 5, "ma_long": 20}], INITIAL_CASH)[0]
    clock["first result"] = time.perf_counter()
    sys.stdout.write(json.dumps({"clock": clock, "return": cell.stats["return"], "results": cell.content_hash[:16]}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
