"""The words of the language on the screen: functions and fields, templates, the schema."""

import json
from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from engine.indicators.catalog import FIELD, FUNCTION
from engine.language import compile_strategy
from engine.language.check import did_you_mean
from engine.language.schema import schema
from engine.language.source import read_source
from engine.language.tree import Scalar
from engine.words import Words
from functions.commands.failures import OK, CommandError
from functions.commands.screen import in_line, output, show_table, write_json
from functions.templates import templates
from functions.vocabulary import field_row, function_row, vocabulary


def show_words(as_json: bool) -> int:
    told = vocabulary()
    if as_json:
        write_json(told)
        return OK
    table = _table("函数\nfunction", "名称\nChinese", "回看\nlooks back", "公式\nformula")
    groups = dict.fromkeys(row["group"] for row in told["functions"])
    for group in groups:
        table.add_row(Text(group, style="bold cyan"))
        for row in told["functions"]:
            if row["group"] == group:
                table.add_row(Text(row["signature"]), row["chinese"], Text(row["look_back"]), Text(row["formula"]))
    _show(table)
    fields = _table("字段\nfield", "含义\nmeaning", "单位\nunit", "数据需含\nneeds")
    for row in told["fields"]:
        fields.add_row(row["name"], Text(in_line(Words(**row["text"]))), Text(row["unit"]), row["needs"] or "")
    _show(fields)
    output.print("lianghu strategy functions NAME tells more of one", style="dim")
    return OK


def show_word(name: str, as_json: bool) -> int:
    """CommandError where there is no such word."""
    if name in FUNCTION:
        row = function_row(FUNCTION[name])
    elif name in FIELD:
        row = field_row(FIELD[name])
    else:
        hint = did_you_mean(name, [*FUNCTION, *FIELD]) or "lianghu strategy functions lists all"
        raise CommandError(f"the language has no function or field {name!r}", hint)
    if as_json:
        write_json(row)
    else:
        _tell(row)
    return OK


def show_templates(as_json: bool) -> int:
    rows = [_template(name, text) for name, text in templates().items()]
    if as_json:
        write_json({"items": rows})
        return OK
    table = _table("模板\ntemplate", "参数\nparameters", "回看\nlooks back", "说明\nwhat it does")
    for row in rows:
        parameters = ", ".join(f"{each['name']}={each['default']:g}" for each in row["parameters"])
        table.add_row(row["name"], parameters, str(row["look_back"]), Text(row["description"]))
    _show(table)
    return OK


def show_template(name: str, as_json: bool) -> int:
    """The text alone, so that it can go into a file. CommandError where there is no such template."""
    known = templates()
    if name not in known:
        raise CommandError(f"there is no template {name!r}", did_you_mean(name, known) or f"known: {', '.join(known)}")
    if as_json:
        write_json(_template(name, known[name]))
    else:
        print(known[name], end="")  # noqa: T201  byte by byte what a file is to hold
    return OK


def show_schema() -> int:
    print(json.dumps(schema(), indent=2, ensure_ascii=False))  # noqa: T201  as docs/strategy.schema.json holds it
    return OK


def _template(name: str, text: str) -> dict[str, Any]:
    program = compile_strategy(text)
    description = read_source(text).get("description")
    bounds = [{"name": row.name, "default": row.default, "min": row.min, "max": row.max} for row in program.parameters]
    said = description.text if isinstance(description, Scalar) else ""
    return {"name": name, "description": said, "parameters": bounds, "look_back": program.look_back, "code": text}


def _tell(row: Mapping[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for key, value in row.items():
        if isinstance(value, list):
            for argument in value:
                bounds = f", {argument['low']}..{argument['high']}" if argument["low"] is not None else ""
                table.add_row("argument", Text(f"{argument['name']}: {argument['kind']}{bounds}"))
        elif isinstance(value, dict):
            table.add_row(key, Text(in_line(Words(**value))))
        elif value:
            table.add_row(key.replace("_", " "), Text(str(value)))
    _show(table)


def _show(table: Table) -> None:
    """Within the terminal's width; for a file or a search a line for each row."""
    if output.is_terminal:
        output.print(table)
    else:
        show_table(table)


def _table(*heads: str) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for number, head in enumerate(heads):
        table.add_column(head, no_wrap=number == 0)
    return table
