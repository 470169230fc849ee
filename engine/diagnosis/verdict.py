"""One verdict over all indicators, by a stated rule: the first row that applies.

Three decide: deflated_sharpe (luck of the choice), overfitting (does the choice hold out of sample), spa (is the benchmark beaten).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.diagnosis.answer import Verdict
from engine.words import Words

Verdicts = Mapping[str, Verdict]
DECIDING = ("deflated_sharpe", "overfitting", "spa")
SIDES = ("loss", "plateau")
"""They can spoil a good verdict."""


class Rule(NamedTuple):
    when: str
    applies: Callable[[Verdicts], bool]
    verdict: Verdict
    summary: Words


def _known(verdicts: Verdicts) -> list[Verdict]:
    return [verdicts[key] for key in DECIDING if verdicts[key] != "unknown"]


RULES = (
    Rule(
        "probabilistic_sharpe and all three that decide are unknown",
        lambda v: not _known(v) and v["probabilistic_sharpe"] == "unknown",
        "unknown",
        Words("无法判断：没有足够的组合、交易日或交易。", "Cannot be told: there are too few combinations, sessions or trades."),
    ),
    Rule(
        "all three that decide are unknown",
        lambda v: not _known(v),
        "unknown",
        Words(
            "没有可比的组合，只能看它自己的夏普有多可信；多试几组参数才知道它稳不稳。",
            "There is nothing to compare with: only its own Sharpe ratio can be judged. A few more combinations would show how firm it is.",
        ),
    ),
    Rule(
        "deflated_sharpe is bad, or unknown with probabilistic_sharpe bad",
        lambda v: "bad" in (v["deflated_sharpe"], v["probabilistic_sharpe"] if v["deflated_sharpe"] == "unknown" else ""),
        "bad",
        Words("最好的成绩，靠运气也能得到：不要相信。", "The best is what luck would show: do not believe it."),
    ),
    Rule(
        "overfitting and spa are bad",
        lambda v: v["overfitting"] == "bad" and v["spa"] == "bad",
        "bad",
        Words(
            "最好的成绩换一段时间就不在，也不比{against}强：不要相信。",
            "The best does not last out of sample, and does not beat {against}: do not believe it.",
        ),
    ),
    Rule(
        "spa is bad",
        lambda v: v["spa"] == "bad",
        "doubtful",
        Words("有收益，但看不出比{against}强。", "It earns, but nothing shows that it beats {against}."),
    ),
    Rule(
        "overfitting is bad, loss is good",
        lambda v: v["overfitting"] == "bad" and v["loss"] == "good",
        "doubtful",
        Words(
            "可能确有本领，但榜首不比别的组合更可信：选哪一个都差不多。",
            "There may be an edge, but the first of the ranking deserves no more trust than the others: it matters little "
            "which one is taken.",
        ),
    ),
    Rule(
        "overfitting is bad",
        lambda v: v["overfitting"] == "bad",
        "doubtful",
        Words(
            "整体看着不错，但按名次挑选在样本外靠不住。", "It looks good over the whole window, but the ranking is no guide out of sample."
        ),
    ),
    Rule(
        "deflated_sharpe, spa and loss are good, overfitting is doubtful, plateau is not bad",
        lambda v: v["deflated_sharpe"] == v["spa"] == v["loss"] == "good" and v["overfitting"] == "doubtful" and v["plateau"] != "bad",
        "doubtful",
        Words(
            "很可能确有本领，只是名次不太稳：取一片都好的参数的中间值，不要只信榜首。",
            "An edge is likely there, but the ranking is not quite firm: take the middle of a region that is good, not the first alone.",
        ),
    ),
    Rule(
        "deflated_sharpe and one more that decides are known, all known ones are good, neither loss nor plateau is bad",
        lambda v: (
            v["deflated_sharpe"] == "good" and len(_known(v)) > 1 and set(_known(v)) == {"good"} and "bad" not in [v[k] for k in SIDES]
        ),
        "good",
        Words(
            "很可能确有本领：扣除运气后仍然显著。拿没用过的时段再确认一次。",
            "An edge is likely there: it stands with the luck of the choice taken off. Confirm it on a window not used yet.",
        ),
    ),
    Rule(
        "deflated_sharpe and one more that decides are known, all known ones are good",
        lambda v: v["deflated_sharpe"] == "good" and len(_known(v)) > 1 and set(_known(v)) == {"good"},
        "doubtful",
        Words(
            "主要检验都通过，但样本外会亏损，或最优只是一个尖峰。",
            "The main tests are passed, but it loses out of sample, or the best is a mere needle.",
        ),
    ),
    Rule(
        "otherwise",
        lambda v: True,
        "doubtful",
        Words("有一些迹象，证据还不够。", "There are signs, but not evidence enough."),
    ),
)


def overall(verdicts: Verdicts, against: Words) -> tuple[Verdict, Words]:
    """verdicts: of every indicator by key."""
    rule = next(rule for rule in RULES if rule.applies(verdicts))
    return rule.verdict, Words(rule.summary.zh.format(against=against.zh), rule.summary.en.format(against=against.en))
