"""How often an address may call without being anybody: counted in this process alone, because nobody's row is written for a stranger."""

import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

MOST_ADDRESSES = 4096


class Strangers:
    """Requests without a valid token or key in a fixed window, by address; remembers the latest few thousand addresses."""

    def __init__(self, limit: int, window_seconds: int) -> None:
        self.limit, self._window = limit, window_seconds
        self._seen: OrderedDict[tuple[str, int], int] = OrderedDict()

    def take(self, address: str) -> tuple[int, int]:
        """Counts one: how many are left (negative: too many) and the Unix second in which the window ends."""
        place = self._place(address)
        self._seen[place] = self._seen.get(place, 0) + 1
        self._seen.move_to_end(place)
        while len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)
        return self.look(address)

    def look(self, address: str) -> tuple[int, int]:
        """The same without counting."""
        place = self._place(address)
        return self.limit - self._seen.get(place, 0), (place[1] + 1) * self._window

    def _place(self, address: str) -> tuple[str, int]:
        return _network(address), int(time.time()) // self._window


def _network(address: str) -> str:
    """One household has a whole /64 of IPv6, so it is counted as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return parsed.packed[:8].hex()
