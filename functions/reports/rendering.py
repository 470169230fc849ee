"""The pages' templates: what they share, both languages at once, and the filters that write figures."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from engine.words import Words
from functions.reports import figures

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """The page's HTML. Every text that comes from outside is escaped."""
    return _environment().get_template(template).render(**values)


def both(words: Words | str) -> Markup:
    """Both languages; the page shows the one that is chosen. A text that has no language (a name, a code) is shown as it is."""
    if isinstance(words, str) or words.zh == words.en:
        return Markup("{}").format(words if isinstance(words, str) else words.zh)
    return Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>').format(words.zh, words.en)


def say(zh: str, en: str) -> Markup:
    return both(Words(zh, en))


def hint(words: Words | Iterable[Words]) -> str:
    """For a title attribute, which cannot switch: both languages, one after the other."""
    rows = [words] if isinstance(words, Words) else list(words)
    return " · ".join([*(row.zh for row in rows if row.zh), *(row.en for row in rows if row.en and row.en != row.zh)])


@cache
def _environment() -> "Environment":
    # With the first page: a worker that computes a grid makes none, and would wait a twentieth of its start for it.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("functions", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"say": say}
    environment.filters |= {"both": both, "hint": hint}
    environment.filters |= {
        written.__name__: written
        for written in (
            figures.yuan,
            figures.day,
            figures.percent,
            figures.signed_percent,
            figures.number,
            figures.signed_number,
            figures.tone,
            figures.arrow,
        )
    }
    return environment
