"""Links to frozen pictures of runs, and what is seen through them; several runs side by side."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from functions.api.compare_shapes import ComparisonShown
from functions.api.share_shapes import Part, ShareCreated, SharedRun, ShareList, ShareShown
from functions.client.calls import Calls


class ShareCalls(Calls):
    def compare(self, run_ids: Sequence[str], points: int | None = None) -> ComparisonShown:
        """Up to 20 finished runs on one axis of sessions, of which at most `points` (omitted: 1000) are shown."""
        return self._read(ComparisonShown, "/api/compare", {"run_ids": ",".join(run_ids), "points": points})

    def create_share(self, run_id: str, *, days: int = 30, title: str = "", include: Sequence[Part] = ()) -> ShareCreated:
        """`token` is told this once. Waits a little for the account of a grid's cell, which is made when it is first needed."""
        return self._write(ShareCreated, f"/api/runs/{run_id}/shares", {"days": days, "title": title, "include": list(include)})

    def shares(self, run_id: str) -> Iterator[ShareShown]:
        """Of a run, newest first; those that ended stay in the list for a month."""
        for page in self._pages(ShareList, f"/api/runs/{run_id}/shares"):
            yield from page.items

    def delete_share(self, run_id: str, share_id: str) -> None:
        """The link works no more. Again is fine."""
        self._delete(f"/api/runs/{run_id}/shares/{share_id}")

    def shared_run(self, token: str) -> SharedRun:
        """What everybody sees who has the link; needs no sign-in."""
        return self._read(SharedRun, f"/api/shares/{quote(token, safe='')}")

    def shared_report(self, token: str) -> bytes:
        """The page, where it is shared: HTML."""
        return self._bytes(f"/api/shares/{quote(token, safe='')}/report")
