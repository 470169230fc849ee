"""A grid's diagnosis as its report words it: the verdicts' signs and names, what was tried, each indicator's value."""

from collections.abc import Mapping
from math import ceil, isfinite
from typing import Any

from engine.words import Words
from functions.reports.figures import number, percent

VERDICTS = {
    "good": ("✓", Words("可信", "good")),
    "doubtful": ("!", Words("存疑", "doubtful")),
    "bad": ("✗", Words("不可信", "bad")),
    "unknown": ("?", Words("无法判断", "unknown")),
}
"""A sign and a word beside each colour."""
INFORMATION = ("·", Words("供参考", "for information"))
"""Of an indicator that has a value and judges nothing, such as a count."""


def trials_of(diagnosis: Mapping[str, Any] | None) -> Words | None:
    """What the verdict rests on; None where it rests on no curve."""
    if diagnosis is None or not diagnosis["sessions"]:
        return None
    trials = diagnosis["trials"]
    figures = {"n": number(diagnosis["combinations"]), "s": number(diagnosis["sessions"]), "t": number(trials["count"])}
    if trials["scope"] == "owner":
        own = Words("；此策略在此股票池上共试过 {t} 组参数", "; {t} were ever tried of this strategy on this universe")
    else:
        own = Words("；只计本网格的 {t} 组，此前试过的未计入", "; only the {t} of this grid are counted, not what was tried before")
    first = Words("依据 {n} 组参数、{s} 个交易日的权益曲线", "From the equity of {n} combinations over {s} sessions")
    return Words(first.zh + own.zh + "。", first.en + own.en + ".").filled(**figures)


def indicators_of(diagnosis: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """With `is_repeated` where a row says the same as the one above: little can be told of a small grid, and that many times."""
    rows = (diagnosis or {}).get("indicators", ())
    return [
        {
            **row,
            "is_repeated": above is not None and row["value"] is None and row["meaning"] == above["meaning"],
            **{key: Words(**row[key]) for key in ("label", "meaning", "advice")},
            "value": measured(row["value"], row["unit"]),
            "said": INFORMATION if row["verdict"] == "unknown" and row["value"] is not None else VERDICTS[row["verdict"]],
        }
        for above, row in zip((None, *rows), rows, strict=False)
    ]


def measured(value: float | int | None, unit: str) -> str:
    """An indicator's value as people read it; unit: see engine.diagnosis.answer.Indicator."""
    if unit in ("probability", "share"):
        return percent(value, 1)
    if unit == "sessions" and value is not None and isfinite(value):
        return number(ceil(value))
    return number(value, 1 if unit == "count" else 2)
