"""The templates on the sample market, where all of them find something to do: cells are single runs, no look ahead, every knob turns.

Their pages, docs/templates.md and docs/templates.zh-CN.md, say what the texts say.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.sample import build_sample
from datalake.versions import Dataset
from engine.evaluate import Cell, evaluate, evaluate_block
from engine.language import Parameter, Program, compile_strategy
from engine.market import Market
from functions.templates import templates

TEMPLATES = templates()
NAMES = sorted(TEMPLATES)
DOCS = Path(__file__).parents[2] / "docs"
CASH = 1_000_000_000
WINDOW = (20220104, 20231229)
BEYOND_PRICES = {
    "etf-rotation": {"index:009300.SH"},
    "multi-factor-rotation": {"past_members"},
    "small-cap-value": {"is_st", "listed_sessions", "past_members", "pb", "pe", "total_mv"},
}
"""What templates need of a dataset that has more than daily bars; the others need nothing."""
ALTERNATIVE = re.compile(r"^( *)# (\w+): (.*)$", re.MULTILINE)
"""A line in a comment that can stand in place of the one before it."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(f"file://{tmp_path_factory.mktemp('lake')}")


@pytest.fixture(scope="module")
def sample(lake: Lake) -> Dataset:
    return build_sample(lake.url)


def market_of(lake: Lake, dataset: Dataset, program: Program, window: tuple[int, int] = WINDOW) -> Market:
    assert program.universe is not None
    spec = PanelSpec.of(dataset, program.universe.to_json(), window, program.look_back, fields=program.fields)
    return to_market(*unpack(build_panel(lake, replace(spec, benchmark=next(iter(dataset.catalog.indices))))))


def moved(program: Program, row: Parameter) -> list[dict[str, float | int]]:
    """The defaults with one parameter at its bounds and half the way to them, where the strategy allows it."""
    defaults = {each.name: each.default for each in program.parameters}
    values = [row.min, row.max, (row.default + row.min) / 2, (row.default + row.max) / 2]
    found: list[dict[str, float | int]] = []
    for value in values:
        wanted = {**defaults, row.name: round(value) if row.is_integer else value}
        if wanted != defaults and wanted not in found and program.allows(wanted):
            found.append(wanted)
    return found


def test_there_is_one_for_every_school() -> None:
    assert NAMES == [
        "bollinger-breakout", "bollinger-reversion", "dual-moving-average", "etf-rotation", "kdj-cross", "limit-up-follow-through",
        "low-volatility-rotation", "macd-cross", "momentum-rotation", "multi-factor-rotation", "pullback-limit", "rsi-reversion",
        "small-cap-value", "turtle", "volume-breakout",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_daily_bars_are_enough_for_most(name: str) -> None:
    assert compile_strategy(TEMPLATES[name]).fields == BEYOND_PRICES.get(name, set())


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_single_runs_and_every_parameter_matters(name: str, lake: Lake, sample: Dataset) -> None:
    program = compile_strategy(TEMPLATES[name])
    market = market_of(lake, sample, program)
    combinations: list[dict[str, float | int]] = [{each.name: each.default for each in program.parameters}]
    moves = {row.name: moved(program, row) for row in program.parameters}
    for wanted in moves.values():
        combinations += wanted
    cells = {tuple(cell.params.items()): cell for cell in evaluate_block(program, market, combinations, CASH, threads=2)}
    for params in combinations:
        alone, cell = evaluate(program, market, params, CASH).cell, cells[tuple(params.items())]
        assert (alone.params, alone.tallies, alone.stats) == (cell.params, cell.tallies, cell.stats)
        assert (alone.equity.tobytes(), alone.content_hash) == (cell.equity.tobytes(), cell.content_hash)
    usual = cells[tuple(combinations[0].items())]
    assert usual.tallies.trades
    for parameter, wanted in moves.items():
        assert any(_curve(cells[tuple(params.items())]) != _curve(usual) for params in wanted), parameter


def _curve(cell: Cell) -> bytes:
    return cell.equity.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_later_changes_nothing(name: str, lake: Lake, sample: Dataset) -> None:
    """A panel that ends earlier is another one, with another universe to be ready for: the curve up to its end is the same."""
    program = compile_strategy(TEMPLATES[name])
    whole = evaluate(program, market_of(lake, sample, program), {}, CASH).cell.equity
    for end in (20220331, 20221117, 20231228):
        cut = evaluate(program, market_of(lake, sample, program, (WINDOW[0], end)), {}, CASH).cell.equity
        assert 0 < cut.size < whole.size
        assert whole[: cut.size].tobytes() == cut.tobytes()


# ------------------------------------------------------------------------------------------------- lines in comments


def with_alternative(text: str, found: re.Match[str]) -> str:
    """The text with a commented line in force, in place of the same key's line above where there is one."""
    indent, key, rest = found.groups()
    lines = text[: found.start()].splitlines(keepends=True)
    if lines[-1].startswith(f"{indent}{key}:"):
        lines.pop()
    return f"{''.join(lines)}{indent}{key}: {rest}{text[found.end() :]}"


@pytest.mark.parametrize("name", NAMES)
def test_lines_in_comments_are_right_too(name: str) -> None:
    for found in ALTERNATIVE.finditer(TEMPLATES[name]):
        program = compile_strategy(with_alternative(TEMPLATES[name], found))
        assert program.warnings == ()
        assert program.identity != compile_strategy(TEMPLATES[name]).identity


def test_most_have_a_line_for_data_with_names_and_listing_dates() -> None:
    told = {name for name in NAMES if any("is_st" in found[3] for found in ALTERNATIVE.finditer(TEMPLATES[name]))}
    assert told == set(NAMES) - {"etf-rotation", "small-cap-value"}


# ------------------------------------------------------------------------------------------------- the pages

PARTS = {
    "templates.md": ("Idea", "Rules", "When it fails", "Look at"),
    "templates.zh-CN.md": ("思路", "规则", "什么时候失灵", "看什么"),
}


def sections(page: str) -> dict[str, str]:
    """The name of a template and what its section says, in the order of the page."""
    _, *found = re.split(r"^## `([a-z-]+)`", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(found[::2], found[1::2], strict=True))


def parameter_rows(text: str) -> list[str]:
    """What a page's table begins with: name, default and bounds as they are written in the YAML."""
    rows = re.findall(r"^  (\w+): \{default: (\S+), min: (\S+), max: (\S+)\}$", text, re.MULTILINE)
    return [f"| `{name}` | {default} | {low} .. {high} |" for name, default, low, high in rows]


@pytest.mark.parametrize("page", PARTS)
def test_a_page_has_every_template_and_no_other(page: str) -> None:
    assert sorted(sections(page)) == NAMES


@pytest.mark.parametrize("page", PARTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_section_tells_every_parameter_and_every_part(page: str, name: str) -> None:
    section = sections(page)[name]
    expected = parameter_rows(TEMPLATES[name])
    assert len(expected) == len(compile_strategy(TEMPLATES[name]).parameters)
    told = [line for line in section.splitlines() if line.startswith("| `")]
    assert len(told) == len(expected)
    for line, row in zip(told, expected, strict=True):
        assert line.startswith(row)
        assert len(line.removeprefix(row).strip(" |")) > 3
    places = [section.find(f"**{part}{stop}**") for part in PARTS[page] for stop in (":" if page == "templates.md" else "：")]
    assert -1 not in places and places == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_a_section_begins_as_the_text_describes_itself(name: str) -> None:
    description = re.search(r"^description: (.*)$", TEMPLATES[name], re.MULTILINE)
    assert description is not None
    assert " ".join(sections("templates.md")[name].split("\n\n")[1].split()) == description[1]
