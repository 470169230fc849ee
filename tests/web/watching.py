"""What no page may do unseen: complain, fall, break its own policy, ask another host, or get an answer that nobody expected."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

COMPLAINTS = {"error", "assert"}
LOADING = "Failed to load resource"
"""The browser's own line about an answer; the answer itself is looked at."""
LEFT = "net::ERR_ABORTED"
"""A page was left, or a question taken back: nobody waits for the answer."""
NETWORK = {"http", "https", "ws", "wss"}


class Expected(NamedTuple):
    status: int
    """Of an answer; 0: none came."""
    path: str
    """A regular expression."""


@dataclass
class Watch:
    """All contexts of one test."""

    host: str
    """Name and port of the one that pages may ask."""
    seen: list[str] = field(default_factory=list)
    """What was not expected."""
    expected: list[Expected] = field(default_factory=list)
    met: set[Expected] = field(default_factory=set)
    excused: list[str] = field(default_factory=list)
    """Words of complaints that come with what is expected."""

    def expect(self, status: int, path: str) -> None:
        """Such answers are what this test is about; it fails where none comes."""
        self.expected.append(Expected(status, path))

    def excuse(self, words: str) -> None:
        """Complaints with these words are no finding of this test."""
        self.excused.append(words)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._fallen)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("requestfailed", self._failed)

    def verdict(self) -> list[str]:
        missed = [f"no answer {each.status} of {each.path}" for each in self.expected if each not in self.met]
        return self.seen + missed

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in COMPLAINTS and not message.text.startswith(LOADING):
            self._complain(f"console: {message.text} ({message.location.get('url', '')})")

    def _fallen(self, error: WebError) -> None:
        self._complain(f"fell: {error.error}")

    def _complain(self, text: str) -> None:
        if not any(words in text for words in self.excused):
            self.seen.append(text)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in NETWORK and parts.netloc != self.host:
            self.seen.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._judge(response.status, response.request)

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self._judge(0, request)

    def _judge(self, status: int, request: Request) -> None:
        parts = urlsplit(request.url)
        found = [each for each in self.expected if each.status == status and re.search(each.path, parts.path)]
        self.met.update(found)
        if not found:
            self.seen.append(f"{status} {request.method} {parts.path} {request.failure or ''}".rstrip())
