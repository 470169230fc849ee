"""What a worker is called, where people look for it."""

import subprocess
import sys

from functions.worker import _name

SCRIPT = "import platform; platform.node = lambda: 'ip-169-254-1-1'; from functions.worker import _name; print(_name(8), _name(8))"


def test_two_workers_of_the_cloud_had_one_name() -> None:
    """Environments of Lambda have one address in their own network, and the same few numbers of processes."""
    told = [subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout.split() for _ in range(2)]
    assert all(first == again and first.startswith("ip-169-254-1-1-8-") for first, again in told), "one name as long as it lives"
    assert told[0] != told[1]
    assert _name(1) != _name(2), "a child that was forked is somebody else"
