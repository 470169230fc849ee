"""A process that has loaded the platform and has no threads: it forks whole platforms, each with a queue service of its own, to be killed.

`python -m tests.reliability.mortal <folder>` reads orders, a line of JSON each, and answers with a process id. Its other end is
tests/reliability/test_fifty_kills.py.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from moto.server import ThreadedMotoServer

from tests.reliability.living import Living, house_of
from tests.reliability.nursery import warm_up


def live(order: dict[str, Any], folder: Path) -> None:
    """Until the end, which comes without a word."""
    os.setsid()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    platform = Living(*house_of(f"http://{host}:{port}", order["login"], order["lake"], folder))
    platform.start(order["port"])
    signal.pause()


def main(folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    log = os.open(folder / "mortal.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for line in sys.stdin:
        order = json.loads(line)
        if "panel" in order:
            warm_up(order["panel"], order["task"])
            pid = 0
        elif (pid := os.fork()) == 0:
            answers.close()
            try:
                live(order, folder)
            except BaseException:  # noqa: BLE001  it is told, and nothing of the parent's may run here
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(1)
        print(json.dumps(pid), file=answers, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are taken away by the kernel
    main(Path(sys.argv[1]))
