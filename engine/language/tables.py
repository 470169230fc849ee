"""The language's rows as Markdown, in both languages, so that its pages say what the code does."""

from collections.abc import Iterable
from typing import Literal

from engine.indicators.catalog import FIELDS, FUNCTIONS, Field, Function
from engine.language.chinese import GROUPS, MISSING, UNITS
from engine.language.constants import as_text
from engine.language.settings import EVERY, FEES, KEEP_WITHIN, MAX_POSITIONS, SETTINGS, TOP, Setting

Language = Literal["en", "zh"]

_FIELD_HEADS = {"en": ("field", "meaning", "unit", "in every dataset"), "zh": ("字段", "含义", "单位", "每个数据集都有")}
_FUNCTION_HEADS = {
    "en": ("function", "name", "value", "looks back", "NaN", "as in, and where it differs"),
    "zh": ("函数", "名称", "说明", "回看", "何时为 NaN"),
}
_SETTING_HEADS = {"en": ("setting", "meaning", "bounds", "default"), "zh": ("设置", "含义", "范围", "缺省")}
_ALL_SETTINGS = (MAX_POSITIONS, *SETTINGS, *FEES, TOP, KEEP_WITHIN, EVERY)


def blocks(language: Language) -> dict[str, str]:
    """Everything of a page that is made from rows, by the name of its place."""
    settings = {row.section: settings_of(row.section, language) for row in _ALL_SETTINGS}
    return {"fields": fields(language), "functions": functions(language), **settings}


def fields(language: Language) -> str:
    return _table(_FIELD_HEADS[language], (_field(row, language) for row in FIELDS))


def functions(language: Language) -> str:
    """A section for each group: its table, then an example of each function."""
    groups = dict.fromkeys(row.group for row in FUNCTIONS)
    return "\n\n".join(_group(group, [row for row in FUNCTIONS if row.group == group], language) for group in groups)


def settings_of(section: str, language: Language) -> str:
    return _table(_SETTING_HEADS[language], (_setting(row, language) for row in _ALL_SETTINGS if row.section == section))


def _field(row: Field, language: Language) -> tuple[str, ...]:
    unit = row.unit or ("true or false" if row.kind == "truth" else "")
    yes, no = {"en": ("yes", "no"), "zh": ("是", "否")}[language]
    return f"`{row.name}`", getattr(row.text, language), UNITS[unit] if language == "zh" else unit, no if row.needs else yes


def _group(group: str, rows: Iterable[Function], language: Language) -> str:
    rows = tuple(rows)
    head, lead = {"en": (GROUPS[group].en, "As people write them:"), "zh": (GROUPS[group].zh, "写法举例：")}[language]
    table = _table(_FUNCTION_HEADS[language], (_function(row, language) for row in rows))
    examples = "\n".join(row.example for row in rows)
    return f"### {head}\n\n{table}\n\n{lead}\n\n```text\n{examples}\n```"


def _function(row: Function, language: Language) -> tuple[str, ...]:
    """In Chinese one line stands for formula and source."""
    if language == "zh":
        return f"`{row.signature}`", row.chinese, row.text.zh, row.look_back_text, MISSING[row.missing]
    return f"`{row.signature}`", f"{row.text.en} {row.chinese}", row.formula, row.look_back_text, row.missing, row.source


def _setting(row: Setting, language: Language) -> tuple[str, ...]:
    return f"`{row.path}`", getattr(row.text, language), f"{as_text(row.low)} .. {as_text(row.high)}", row.default or ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
