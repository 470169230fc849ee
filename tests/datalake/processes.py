"""Several real processes that do the same with panels at the same moment."""

import subprocess
import sys

BUILD = """
import sys
from datalake.lake import Lake
from datalake.panels.ensure import ensured
from datalake.panels.panel import PanelSpec
from datalake.versions import resolve
import json
url, options = sys.argv[1], json.loads(sys.argv[2])
lake = Lake(url, options)
spec = PanelSpec.of(resolve(lake.store), ["009001.SZ", "009002.SZ"], (20230101, 20231231), 5)
print("ready", flush=True)
sys.stdin.readline()
made = ensured(lake, spec)
print(made.key, made.where)
"""
LOAD = """
import sys
from pathlib import Path
from datalake.objects import open_store
from datalake.panels.cache import PanelCache
cache = PanelCache(open_store(sys.argv[1]), Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
found = cache.load(sys.argv[3])
print(found.layer, int(found.market.close.sum()))
"""

STUCK = """
import sys, time
from pathlib import Path
from datalake.objects import Streamed, get, open_store
from datalake.panels import disk
from datalake.panels.cache import PanelCache

def slowly(store, key):
    data = get(store, key)
    def chunks():
        yield data[:1000]
        print("half", flush=True)
        time.sleep(600)
    return Streamed(len(data), chunks())

disk.get_stream = slowly
PanelCache(open_store(sys.argv[1]), Path(sys.argv[2])).load(sys.argv[3])
"""
"""A process that has fetched half of a panel and waits for the rest."""


def together(code: str, *arguments: str, count: int = 4) -> list[list[str]]:
    """What each of some processes says that are let go at the same moment."""
    command = [sys.executable, "-c", code, *arguments]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    for each in started:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate(timeout=120)[0].split() for each in started]
    assert [each.returncode for each in started] == [0] * count
    return said
