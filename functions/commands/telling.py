"""What is told of a run or a grid when it has ended: on the screen or as JSON, and what is written beside."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from engine.words import Words
from functions.commands.beforehand import told_beforehand
from functions.commands.belief import show_diagnosis, show_findings, show_proof
from functions.commands.failures import OK, RUN_FAILED
from functions.commands.kept import How, Kept
from functions.commands.screen import DISCLAIMER, SYNTHETIC, Row, in_line, notes, output, ranked_title, runs_table, write_json
from functions.commands.statistics import few, show_statistics

NO_PARAMETERS = Words("没有参数", "no parameters")
EXCLUDED = Words("另有 {count} 组被 require 排除", "{count} more excluded by require")
NOT_ALL = Words("{count} 组中有 {failed} 组没有成功", "{failed} of {count} runs did not succeed")
REUSED = Words(
    "{count} 组此前算过，直接取用其结果；--anew 重新计算", "{count} answered from what you had computed before; --anew computes them again"
)
REUSED_RUN = Words(
    "此前算过，直接取用 {run} 的结果；--anew 重新计算", "computed before: this is the result of {run}; --anew computes it again"
)
NO_BENCHMARK = Words("无基准", "no benchmark")


class RunTold(NamedTuple):
    """A run that has succeeded."""

    row: Row
    context: Mapping[str, Any]
    """The backtest's resolved one."""
    findings: Sequence[Mapping[str, Any]] | None
    """Finding.to_json(); None where nobody could make them."""
    title: str = ""
    """Omitted: its parameters."""
    counts: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    """What else there is to say, by kind."""

    proof: Mapping[str, Any] | None = None
    """Proof.to_json(); None for tables of orders, and where nobody could make one."""

    def to_json(self) -> dict[str, Any]:
        findings = None if self.findings is None else [dict(each) for each in self.findings]
        judged = {"too_small": list(few(self.row.stats or {})), "findings": findings, "proof": self.proof}
        return {"context": dict(self.context), **self.row.to_json(), **judged, **self.counts}


class GridTold(NamedTuple):
    """A grid that has ended."""

    rows: Sequence[Row]
    """Ranked."""
    skipped: int
    """Combinations that `require` excluded."""
    context: Mapping[str, Any]
    diagnosis: Mapping[str, Any] | None
    """Diagnosis.to_json(); None where nobody could make one."""
    grid_id: str | None = None
    """None: it was computed in this process."""
    reused: int = 0
    """Runs that were answered from earlier ones."""

    def to_json(self) -> dict[str, Any]:
        named = {"grid_id": self.grid_id, "reused": self.reused} if self.grid_id else {}
        runs = [row.to_json() for row in self.rows]
        return {**named, "context": dict(self.context), "skipped": self.skipped, "runs": runs, "diagnosis": self.diagnosis}


def tell_run(told: RunTold, kept: Kept, how: How) -> int:
    """The exit code."""
    if how.as_json:
        write_json(told.to_json())
    else:
        _header(told.context)
        params = ", ".join(f"{name} = {value}" for name, value in told.row.params.items())
        show_statistics(told.row.stats or {}, told.title or params or in_line(NO_PARAMETERS))
        for name, counts in told.counts.items():
            output.print(f"{name}: {', '.join(f'{count:,} {word}' for word, count in counts.items()) or 'none'}", markup=False)
        if told.findings is not None:
            show_findings(told.findings)
        if told.proof is not None:
            show_proof(told.proof)
        if told.row.reused_from:
            notes.print(in_line(REUSED_RUN.filled(run=told.row.reused_from)), style="dim", markup=False, soft_wrap=True)
        output.print(f"content hash {(told.row.content_hash or '')[:16]}", style="dim", markup=False)
        notes.print(DISCLAIMER, style="dim")
        if told.row.run_id:
            _next(told.row.run_id, "report", "verify")
    _keep(kept, how)
    return OK


def tell_grid(told: GridTold, kept: Kept, how: How) -> int:
    """The exit code."""
    rows = told.rows
    failed = [row for row in rows if row.status != "succeeded"]
    if how.as_json:
        write_json({**told.to_json(), "sort": how.sort})
    else:
        _header(told.context)
        for words in told_beforehand(told.context):
            output.print(in_line(words), style="yellow", markup=False, soft_wrap=True)
        left_out = [in_line(EXCLUDED.filled(count=f"{told.skipped:,}"))] if told.skipped else []
        title = " · ".join([ranked_title(len(rows), how.sort), *left_out])
        runs_table(rows, title, how.top, how.order, ranked_by=how.sort)
        if told.diagnosis:
            show_diagnosis(told.diagnosis)
        if told.reused:
            notes.print(in_line(REUSED.filled(count=f"{told.reused:,}")), style="dim", markup=False, soft_wrap=True)
        notes.print(DISCLAIMER, style="dim")
        if told.grid_id:
            _next(told.grid_id, "report")
    _keep(kept, how)
    if failed:
        notes.print(in_line(NOT_ALL.filled(failed=len(failed), count=len(rows))), style="yellow")
    return RUN_FAILED if failed else OK


def tell_failure(row: Row, error: Mapping[str, Any] | None, how: How) -> int:
    """The exit code."""
    if how.as_json:
        write_json({**row.to_json(), "error": dict(error or {})})
    else:
        reason = (error or {}).get("message") or (error or {}).get("reason") or "no reason was given"
        notes.print(f"the run {row.status}: {reason}", style="red", markup=False)
    return RUN_FAILED


def _next(identity: str, *commands: str) -> None:
    notes.print(" · ".join(f"lianghu {command} {identity}" for command in commands), style="dim", markup=False, soft_wrap=True)


def _header(context: Mapping[str, Any]) -> None:
    window, benchmark = context["window"], context.get("benchmark") or in_line(NO_BENCHMARK)
    parts = (context["datasource_version"], f"{window['start']} – {window['end']}", f"{context['initial_cash']:,} CNY", benchmark)
    output.print(" · ".join(parts), markup=False)
    if str(context["datasource_version"]).startswith("sample:"):
        output.print(SYNTHETIC, style="yellow")


def _keep(kept: Kept, how: How) -> None:
    for name, file, data in (
        ("report", how.report, kept.page),
        ("report of the grid", how.grid_report, kept.grid_page),
        ("account", how.account, kept.account),
    ):
        if file and data:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            notes.print(f"{name}: {file}", markup=False)
    if how.ledger and kept.ledger:
        how.ledger.mkdir(parents=True, exist_ok=True)
        for name, data in kept.ledger.items():
            (how.ledger / name).write_bytes(data)
        notes.print(f"ledger: {how.ledger}: {', '.join(kept.ledger)}", markup=False)
