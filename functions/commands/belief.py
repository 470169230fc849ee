"""Whether to believe a result, in words: a run's findings, a grid's diagnosis; both as JSON, from this process or from the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from engine.words import Words
from functions.commands.screen import in_line, output, said
from functions.commands.wrapping import Wrapped
from functions.reports.grid_verdict import VERDICTS, measured
from functions.reports.words import SEVERITIES

STYLES = {
    **{"serious": "bold red", "warning": "yellow", "info": "dim"},
    **{"good": "green", "doubtful": "yellow", "bad": "bold red", "unknown": "dim"},
}
"""Of severities and of verdicts."""
SCOPES = {
    "grid": Words(
        "只计入这次网格的 {count} 组；以前试过的没有计入。", "Counts the {count} combinations of this grid alone, not earlier ones."
    ),
    "owner": Words(
        "计入您在该策略与股票池上试过的全部 {count} 组。", "Counts all {count} that you ever tried on this strategy and universe."
    ),
}
"""Whose trials a diagnosis knows of."""
PROOF = Words("证明", "proof")
DIAGNOSIS, EXAMINED = Words("诊断", "diagnosis"), Words("体检", "findings")
HEADS = (Words("指标", "indicator"), Words("数值", "value"), Words("判断", "verdict"), Words("含义", "meaning"))
AS_ABOVE = Words("同上", "as above")._asdict()
"""Little can be told of a small grid, and that is not said ten times."""


def show_findings(findings: Sequence[Mapping[str, Any]]) -> None:
    """Each with its severity, in both languages; the worst come first, as the doctor orders them. If there is none, that is told."""
    if not findings:
        from engine.doctor.examine import NOTHING_FOUND  # noqa: PLC0415  loads the engine, which most commands do without

        output.print(in_line(EXAMINED) + ":", style="green")
        _paragraphs(NOTHING_FOUND)
    for finding in findings:
        words, style = SEVERITIES[finding["severity"]], STYLES[finding["severity"]]
        output.print(f"[{style}]{in_line(words)} · {escape(in_line(Words(**finding['title'])))}[/] [dim]{escape(finding['code'])}[/]")
        _paragraphs(Words(**finding["text"]))


def show_proof(proof: Mapping[str, Any]) -> None:
    """Whether the signals know no future."""
    style, sign = ("green", "✓") if proof["holds"] else ("bold red", "✗")
    output.print(f"[{style}]{sign} {in_line(PROOF)}[/]")
    _paragraphs(Words(**proof["text"]))


def show_diagnosis(diagnosis: Mapping[str, Any]) -> None:
    """The verdict over all, then each indicator with its own."""
    show_verdict(diagnosis)
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    heads = ["\n".join(said(head)) for head in HEADS]
    table.add_column(heads[0])
    table.add_column(heads[1], justify="right", no_wrap=True)
    table.add_column(heads[2], no_wrap=True)
    table.add_column(heads[3], ratio=1, overflow="fold")
    rows = diagnosis["indicators"]
    for above, row in zip((None, *rows), rows, strict=False):
        (_, verdict), style = VERDICTS[row["verdict"]], STYLES[row["verdict"]]
        judged = "\n".join(said(verdict))
        meaning = AS_ABOVE if above and row["value"] is None and row["meaning"] == above["meaning"] else row["meaning"]
        table.add_row(_lines(row["label"]), measured(row["value"], row["unit"]), f"[{style}]{judged}[/]", _lines(meaning))
    output.print(table)


def show_verdict(diagnosis: Mapping[str, Any]) -> None:
    """In one line, and how many trials it counts with."""
    (_, verdict), style = VERDICTS[diagnosis["verdict"]], STYLES[diagnosis["verdict"]]
    output.print(f"[{style}]{in_line(DIAGNOSIS)}: {in_line(verdict)}[/]")
    _paragraphs(Words(**diagnosis["summary"]))
    _paragraphs(SCOPES[diagnosis["trials"]["scope"]].filled(count=f"{diagnosis['trials']['count']:,}"))


def _paragraphs(words: Words) -> None:
    for place, text in enumerate(said(words)):
        output.print(Padding(Wrapped(text, "dim" if place else ""), (0, 0, 0, 2), expand=False))


def _lines(words: Mapping[str, str]) -> Wrapped:
    """A cell of a table."""
    cell = Wrapped()
    for place, text in enumerate(said(Words(**words))):
        cell.append(("\n" if place else "") + text, "dim" if place else "")
    return cell
