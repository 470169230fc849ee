"""A run's statistics on the screen: in the groups and with the words of its report, two columns of them where there is room."""

from collections.abc import Iterable, Mapping, Sequence

from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from engine.statistics.metrics import too_small
from engine.words import Words
from functions.commands.screen import in_line, notes, output, show_table
from functions.reports.shown import Shown, groups, strip

Stats = Mapping[str, float | int | None]
Group = tuple[Words, Sequence[Shown]]

FIRST = Words("概览", "At a glance")
MARK = "*"
FEW = Words(f"{MARK} 样本不足：交易日或交易太少", f"{MARK} too few sessions or trades stand behind this figure")
STYLES = {"up": "red", "down": "green"}
"""Red rises and green falls, as in this market; the sign says it too."""


def few(stats: Stats) -> tuple[str, ...]:
    """The figures that rest on too small a sample; an older run does not say how large it was."""
    return too_small(stats) if {"sessions", "trades"} <= set(stats) else ()


def show_statistics(stats: Stats, title: str) -> None:
    weak = few(stats)
    found: list[Group] = [(FIRST, strip(stats, weak)), *groups(stats, weak)]
    output.print(title, style="italic", markup=False)
    show_table(_beside([group for group in found if group[1]]))
    if weak:
        notes.print(in_line(FEW), style="yellow")


def _beside(found: Sequence[Group]) -> Table:
    """Two columns of about the same height, or one where the terminal is narrow."""
    half = sum(len(rows) + 2 for _, rows in found) / 2
    left: list[Group] = []
    for group in found:
        if sum(len(rows) + 2 for _, rows in left) >= half:
            break
        left.append(group)
    whole = Table.grid(padding=(0, 4))
    whole.add_row(_stacked(left), _stacked(found[len(left) :]))
    if Measurement.get(output, output.options.update(max_width=1000), whole).maximum <= output.width:
        return whole
    return _stacked(found)


def _stacked(found: Iterable[Group]) -> Table:
    table = Table.grid()
    for title, rows in found:
        table.add_row(_group(title, rows))
        table.add_row("")
    return table


def _group(title: Words, rows: Iterable[Shown]) -> Table:
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    table.add_column(in_line(title), no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in rows:
        style = STYLES.get(row.style, "")
        text = f"[{style}]{escape(row.text)}[/]" if style else escape(row.text)
        mark = f"[yellow]{MARK}[/]" if row.is_few else " "
        table.add_row(f"[dim]{escape(in_line(row.label))}[/]", text + mark, f"[dim]{escape(in_line(row.unit))}[/]")
    return table
