"""`python -m bench.child W3 [tiny]`: one workload in this process, its figures and peak memory as one JSON object."""

import json
import sys

from bench.measuring import peak_megabytes
from bench.rows import chosen


def main(name: str, tiny: bool) -> None:
    figures = chosen(name)[0].run(tiny)
    json.dump({"peak_memory_mb": peak_megabytes(), **figures}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] == ["tiny"])
