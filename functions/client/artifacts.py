"""What a run leaves behind, as files."""

from functions.client.calls import ANYTHING, Calls


class ArtifactCalls(Calls):
    def artifact(self, run_id: str, kind: str, format: str | None = None, *, timeout_seconds: float = 120) -> bytes:
        """Equity, account, trades, positions, orders, refusals, events, logs, report, statistics or findings.

        A grid cell's account is made on first request: waits for it. As JSON it is the first page.
        """
        path = f"/api/runs/{run_id}/artifacts/{kind}"
        return self._made(path, {"format": format}, f"the {kind} of run {run_id} were", timeout_seconds, accept=ANYTHING).content
