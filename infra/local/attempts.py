"""How often somebody may try to sign in with a wrong password before they have to wait."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from infra.local.refusals import AuthError

WINDOW_SECONDS = 300
MOST_FOR_A_NAME = 10
"""Wrong ones for one account from one address. The account's owner signs in from elsewhere meanwhile, so nobody is locked out by others."""
MOST_FROM_AN_ADDRESS = 100
REMEMBERED = 10_000


class Attempts:
    """Wrong attempts within the last minutes, in this process: the service is one process, and whoever can restart it owns the machine."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def check(self, address: str, name: str) -> None:
        """AuthError 429 with Retry-After where there were too many."""
        with self._lock:
            for key, most in (((address, name), MOST_FOR_A_NAME), ((address, ""), MOST_FROM_AN_ADDRESS)):
                recent = self._recent(key)
                if len(recent) >= most:
                    wait = max(1, round(recent[0] + WINDOW_SECONDS - self._clock()))
                    raise AuthError(429, "over_request_rate_limit", "Request rate limit reached", {"Retry-After": str(wait)})

    def wrong(self, address: str, name: str) -> None:
        with self._lock:
            for key, most in (((address, name), MOST_FOR_A_NAME), ((address, ""), MOST_FROM_AN_ADDRESS)):
                self._wrong[key] = [*self._recent(key), self._clock()][-most:]
                self._wrong.move_to_end(key)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, address: str, name: str) -> None:
        """Whoever knows the password is forgiven the attempts before."""
        with self._lock:
            self._wrong.pop((address, name), None)

    def _recent(self, key: tuple[str, str]) -> list[float]:
        since = self._clock() - WINDOW_SECONDS
        return [moment for moment in self._wrong.get(key, []) if moment > since]
