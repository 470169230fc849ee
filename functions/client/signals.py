"""Tables of orders or weights from outside."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from functions.api.signal_shapes import SignalsCreated, SignalsList, SignalsListed, SignalsTable
from functions.client.calls import Calls


class SignalCalls(Calls):
    def create_signals(
        self,
        kind: Literal["orders", "weights"],
        *,
        csv: str | None = None,
        rows: Sequence[Mapping[str, Any]] | None = None,
        name: str | None = None,
        settings: str | None = None,
    ) -> SignalsCreated:
        """A table as the text of a CSV or as rows. The same one under the same name is kept once."""
        told = None if rows is None else [dict(row) for row in rows]
        return self._write(SignalsCreated, "/api/signals", {"kind": kind, "name": name, "settings": settings, "csv": csv, "rows": told})

    def signals(self, name: str = "") -> Iterator[SignalsListed]:
        """Newest first; those whose names begin with `name`."""
        for page in self._pages(SignalsList, "/api/signals", {"name": name or None}):
            yield from page.items

    def signals_facts(self, signal_id: str) -> SignalsListed:
        """What a table comes to, without its rows."""
        return self._read(SignalsListed, f"/api/signals/{signal_id}")

    def signals_table(self, signal_id: str) -> SignalsTable:
        """As it was uploaded."""
        return self._read(SignalsTable, f"/api/signals/{signal_id}/table")

    def delete_signals(self, signal_id: str) -> None:
        """Its rows stay while results refer to them."""
        self._delete(f"/api/signals/{signal_id}")
