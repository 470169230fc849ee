"""Archived submissions: bringing them back."""

from functions.client.calls import Calls, new_key


class ArchiveCalls(Calls):
    def restore_grid(self, backtest_id: str, grid_id: str) -> None:
        """All runs of an archived grid; nothing happens where they are there."""
        self._call("POST", f"/api/backtests/{backtest_id}/grids/{grid_id}:restore", headers=new_key())

    def restore_run(self, run_id: str) -> None:
        """An archived run, with all others of its grid if it is of one."""
        self._call("POST", f"/api/runs/{run_id}:restore", headers=new_key())
