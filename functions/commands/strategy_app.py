"""`lianghu strategy`: what a text says, if it is right, what it costs, that it knows no future; and the texts that the platform keeps."""

from pathlib import Path
from typing import Annotated

import typer

from functions.commands.inputs import UNIVERSE_FORMS, Where
from functions.settings import settings

# Commands import what they need when they run, as in cli.py.
# ruff: noqa: PLC0415

strategy_app = typer.Typer(
    help="Texts of strategies: right or wrong, explained, proved; and every word that they may use.", no_args_is_help=True
)

Strategy = Annotated[str, typer.Argument(metavar="STRATEGY", help="A kept strategy: its name, or its id")]
File = Annotated[Path, typer.Argument(help="A strategy: a YAML text")]
AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output")]
Universe = Annotated[str | None, typer.Option(help=UNIVERSE_FORMS + "; omitted: the strategy's")]
Start = Annotated[str | None, typer.Option(help="First day, like 2019-01-02; omitted: the data's first")]
End = Annotated[str | None, typer.Option(help="Last day; omitted: the data's last")]
Dataset = Annotated[str | None, typer.Option(help="A version like sample:v1, or a source; omitted: the newest")]
Frequency = Annotated[str, typer.Option(help="Of the bars that signals are made on: 1d, minutes like 5m or 15m, weeks 1w, months 1mo")]


@strategy_app.command("validate")
def validate(file: File, as_json: AsJson = False) -> None:
    """Every problem of a text, each with its line and what was probably meant. Exit code 0: right, 2: wrong."""
    from functions.commands.strategy_text import show_judgement

    raise typer.Exit(show_judgement(file, as_json))


@strategy_app.command("format")
def format_(
    file: File,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether the file is in its normal writing; exit code 0: it is, 1: it is not")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Write it over the file; comments are kept")] = False,
) -> None:
    """The text in its normal writing: sections and keys in one order, expressions with one space around operators. It means the same."""
    from functions.commands.strategy_text import show_formatted

    raise typer.Exit(show_formatted(file, check, write))


@strategy_app.command("explain")
def explain(  # noqa: PLR0913, PLR0917  the options of a command
    file: File,
    grid: Annotated[list[str] | None, typer.Option(help='"name=5,10,20" or "name=first:last:step"; once for each parameter')] = None,
    universe: Universe = None,
    start: Start = None,
    end: End = None,
    dataset: Dataset = None,
    frequency: Frequency = "1d",
    as_json: AsJson = False,
) -> None:
    """What is computed: every step with its look-back, what a grid shares, and about how long it takes on the data."""
    from functions.commands.strategy_plan import show_plan

    raise typer.Exit(show_plan(file, grid or [], Where(universe, start, end, dataset, None, frequency), as_json))


@strategy_app.command("functions")
def functions(name: Annotated[str | None, typer.Argument(help="A function or a field")] = None, as_json: AsJson = False) -> None:
    """Every function and field of the language, or one of them with everything that is known about it."""
    from functions.commands.strategy_words import show_word, show_words

    raise typer.Exit(show_word(name, as_json) if name else show_words(as_json))


@strategy_app.command("templates")
def templates(
    name: Annotated[str | None, typer.Argument(help="One of them: its text, to be kept and changed")] = None, as_json: AsJson = False
) -> None:
    """Texts to start from: lianghu strategy templates dual-moving-average > my.yaml"""
    from functions.commands.strategy_words import show_template, show_templates

    raise typer.Exit(show_template(name, as_json) if name else show_templates(as_json))


@strategy_app.command("schema")
def schema() -> None:
    """The JSON Schema of the language, for editors that complete and check YAML."""
    from functions.commands.strategy_words import show_schema

    raise typer.Exit(show_schema())


@strategy_app.command("prove")
def prove(  # noqa: PLR0913, PLR0917  the options of a command
    file: File,
    param: Annotated[list[str] | None, typer.Option(help="name=value; may come again")] = None,
    universe: Universe = None,
    start: Start = None,
    end: End = None,
    dataset: Dataset = None,
    frequency: Frequency = "1d",
    cuts: Annotated[int, typer.Option(min=1, max=1000, help="At how many bars the data are cut off, the last one among them")] = 9,
    seed: Annotated[int, typer.Option(min=0, help="Chooses the bars")] = 1,
    as_json: AsJson = False,
) -> None:
    """Proves on the data that no signal looks ahead: cuts them off at several bars, computes again, and compares every bit before the cut.

    Exit code 0: nothing differs; 1: something does, and what and where first is told.
    """
    from functions.commands.strategy_proof import show_proof

    where = Where(universe, start, end, dataset, None, frequency)
    raise typer.Exit(show_proof(file, param or [], where, cuts, seed, as_json))


@strategy_app.command("save")
def save(
    file: File,
    name: Annotated[str | None, typer.Option(help="Omitted: the one in the text")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="May come again; replaces the tags that are there")] = None,
    as_json: AsJson = False,
) -> None:
    """Keeps a text on the platform: as a new strategy, or as the next version of the one with this name."""
    from functions.commands.strategy_kept import save as run

    raise typer.Exit(run(settings(), file, name, tag or [], as_json))


@strategy_app.command("list")
def list_(
    name: Annotated[str, typer.Option(help="Only those whose names begin like this")] = "",
    tag: Annotated[str, typer.Option(help="Only those with this tag")] = "",
    as_json: AsJson = False,
) -> None:
    """The strategies that the platform keeps, newest first."""
    from functions.commands.strategy_kept import show_list

    raise typer.Exit(show_list(settings(), name, tag, as_json))


@strategy_app.command("show")
def show(
    strategy: Strategy,
    version: Annotated[int | None, typer.Option(min=1, help="Omitted: the newest")] = None,
    as_json: AsJson = False,
) -> None:
    """Its text: lianghu strategy show my-averages > my.yaml"""
    from functions.commands.strategy_kept import show_one

    raise typer.Exit(show_one(settings(), strategy, version, as_json))


@strategy_app.command("versions")
def versions(strategy: Strategy, as_json: AsJson = False) -> None:
    """Its versions, newest first."""
    from functions.commands.strategy_kept import show_versions

    raise typer.Exit(show_versions(settings(), strategy, as_json))


@strategy_app.command("rename")
def rename(
    strategy: Strategy,
    name: Annotated[str | None, typer.Argument(help="Its new name")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="May come again; replaces the tags that are there")] = None,
) -> None:
    """Another name, other tags, or both."""
    from functions.commands.strategy_kept import rename as run

    raise typer.Exit(run(settings(), strategy, name, tag))


@strategy_app.command("delete")
def delete(strategy: Strategy) -> None:
    """Out of the list; texts stay while results refer to them."""
    from functions.commands.strategy_kept import delete as run

    raise typer.Exit(run(settings(), strategy))
