"""What is sent and answered about the language itself: a judged text, and the catalogue that an editor completes from."""

from typing import Literal

from pydantic import Field

from functions.api.answers import Answered, WordsShown
from functions.api.models import Context, Sent


class TextToJudge(Sent):
    """A text, right or wrong: what is wrong is the answer, so that nothing but the size of the request bounds it."""

    code: str = Field(description="The strategy's YAML text")
    context: Context | None = Field(
        None, description="As of a backtest; omitted: the text is judged by itself, and may leave the universe out"
    )


class ProblemShown(Answered):
    field: str
    """The place in the text, as in `let.fast`, or of the request, as in `context.window`."""
    message: str
    hint: str | None
    line: int | None
    """From 1; null for what stands nowhere in the text."""
    column: int | None


class ParameterShown(Answered):
    name: str
    default: float | int
    min: float | int
    max: float | int
    whole: bool


class TextJudged(Answered):
    valid: bool
    problems: list[ProblemShown]
    """All of them, in the order of the text; empty where the text is valid."""
    warnings: list[ProblemShown]
    name: str | None
    """From here on null or empty where the text is not valid."""
    identity: str | None
    parameters: list[ParameterShown]
    look_back: int | None
    """Bars of warm-up."""
    fields: list[str]
    """What the dataset must have beyond plain bars: facts by name, `index:000300.SH`, `daily`."""
    execution_frequency: str | None
    """The finer bars that orders meet; empty: those of the signals."""


class ArgumentShown(Answered):
    name: str
    kind: str
    """series, value, truth, whole, number, elsewhere or code: what may stand there."""
    low: int | None
    """Bounds of whole and number; null of the others."""
    high: int | None


class FunctionShown(Answered):
    name: str
    chinese: str
    text: WordsShown
    """What it is: a phrase in English, a whole line in Chinese."""
    group: str
    signature: str
    arguments: list[ArgumentShown]
    result: str
    """number or truth."""
    formula: str
    missing: str
    """When the result is no number, or false."""
    source: str
    look_back: str
    """In bars, by the arguments."""
    example: str
    definition: str | None
    """What it stands for, where it is an abbreviation."""


class FieldShown(Answered):
    name: str
    unit: str
    text: WordsShown
    kind: Literal["number", "truth"]
    needs: str | None
    """What a dataset must have for it; null: every dataset has it."""


class SettingShown(Answered):
    path: str
    unit: str
    """whole, rate (a share of one), basis points or yuan."""
    text: WordsShown
    low: float
    high: float
    default: str | None
    """Null: the rule does not exist unless it is written."""


class WordShown(Answered):
    path: str
    choices: list[str]


class Language(Answered):
    functions: list[FunctionShown]
    fields: list[FieldShown]
    keywords: list[str]
    operators: list[str]
    sections: list[str]
    settings: list[SettingShown]
    words: list[WordShown]
