"""Rows on luck: how many were tried, and what is left of the best Sharpe ratio when that is known."""

from engine.diagnosis import figures
from engine.diagnosis.row import Row, Says
from engine.words import Words

FEWER = Words("用更长的窗口，或先想清楚再试：少试几个有理由的组合。", "Take a longer window, or try fewer combinations, each for a reason.")
NOT_TRADED = Words(
    "不要据此交易；换一个想法，或拿没用过的时段再验证。", "Do not trade on it: take another idea, or test it on a window not used yet."
)
LONGER = Words("拉长窗口，或用没用过的时段再验证。", "Take a longer window, or test on one not used yet.")

LUCK = (
    Row(
        key="trials",
        label=Words("尝试次数", "Combinations tried"),
        unit="count",
        figure=figures.trials,
        good=1.0,
        bad=2.0,
        when_good=Says(
            Words(
                "共{value}个（{scope}）。同样多互不相关、毫无本领的策略，在这样长的窗口里最好的年化夏普约{luck}，尚不足以骗人。",
                "{value} ({scope}). The best of so many unrelated, worthless strategies would show a Sharpe ratio of about "
                "{luck} a year in a window this long, which fools nobody.",
            )
        ),
        when_doubtful=Says(
            Words(
                "共{value}个（{scope}）。同样多互不相关、毫无本领的策略，在这样长的窗口里最好的年化夏普约{luck}，已经像样。",
                "{value} ({scope}). The best of so many unrelated, worthless strategies would show a Sharpe ratio of about "
                "{luck} a year in a window this long, which looks like something.",
            ),
            FEWER,
        ),
        when_bad=Says(
            Words(
                "共{value}个（{scope}）。同样多互不相关、毫无本领的策略，在这样长的窗口里最好的年化夏普约{luck}，足以乱真。",
                "{value} ({scope}). The best of so many unrelated, worthless strategies would show a Sharpe ratio of about "
                "{luck} a year in a window this long, which looks excellent.",
            ),
            FEWER,
        ),
        formula="N; judged: E[max of N standard normals] / sqrt(years)",
        source="Bailey, Borwein, Lopez de Prado, Zhu: Pseudo-mathematics and financial charlatanism, Notices of the AMS, 2014",
        judged="the Sharpe ratio a year that the best of so many unrelated, worthless ones shows",
    ),
    Row(
        key="effective_trials",
        label=Words("有效尝试次数", "Independent combinations"),
        unit="count",
        figure=figures.effective_trials,
        good=1.0,
        bad=2.0,
        when_good=Says(
            Words(
                "各曲线平均相关{correlation}，约相当于{value}个互不相关的尝试；靠运气能到的年化夏普约{luck}。",
                "Curves have an average correlation of {correlation}, so this is worth about {value} unrelated trials; luck "
                "reaches a Sharpe ratio of about {luck} a year.",
            )
        ),
        when_doubtful=Says(
            Words(
                "各曲线平均相关{correlation}，约相当于{value}个互不相关的尝试；靠运气能到的年化夏普约{luck}。",
                "Curves have an average correlation of {correlation}, so this is worth about {value} unrelated trials; luck "
                "reaches a Sharpe ratio of about {luck} a year.",
            ),
            FEWER,
        ),
        when_bad=Says(
            Words(
                "各曲线平均相关{correlation}，约相当于{value}个互不相关的尝试；靠运气能到的年化夏普约{luck}，窗口太短，试得太多。",
                "Curves have an average correlation of {correlation}, so this is worth about {value} unrelated trials; luck "
                "reaches a Sharpe ratio of about {luck} a year: too many for so short a window.",
            ),
            FEWER,
        ),
        formula="rho + (1 - rho) N, rho: average correlation of this grid's curves, within 0 and 1; judged as trials",
        source="Bailey, Lopez de Prado: The deflated Sharpe ratio, Journal of Portfolio Management, 2014, appendix",
        judged="the Sharpe ratio a year that the best of so many unrelated, worthless ones shows",
    ),
    Row(
        key="probabilistic_sharpe",
        label=Words("夏普为正的概率", "Probabilistic Sharpe ratio"),
        unit="probability",
        figure=figures.probabilistic_sharpe,
        good=0.95,
        bad=0.90,
        when_good=Says(
            Words(
                "单看最优组合，真实夏普为正的概率{value}（还没扣除挑选的运气）。",
                "Taken alone, the best has a true Sharpe ratio above zero with a probability of {value} (luck of the choice "
                "is not taken off yet).",
            )
        ),
        when_doubtful=Says(
            Words(
                "单看最优组合，真实夏普为正的概率只有{value}。",
                "Taken alone, the best has a true Sharpe ratio above zero with a probability of {value} only.",
            ),
            LONGER,
        ),
        when_bad=Says(
            Words(
                "单看最优组合，真实夏普为正的概率只有{value}，连挑选的运气都不用算。",
                "Taken alone, the best has a true Sharpe ratio above zero with a probability of {value} only, luck of the "
                "choice not even counted.",
            ),
            NOT_TRADED,
        ),
        formula="Phi(SR sqrt(T-1) / sqrt(1 - skew SR + (kurtosis-1)/4 SR^2)), SR per session, moments of the population",
        source="Bailey, Lopez de Prado: The Sharpe ratio efficient frontier, Journal of Risk, 2012",
    ),
    Row(
        key="expected_best",
        label=Words("运气能到的夏普", "Best Sharpe ratio by luck"),
        unit="ratio",
        figure=figures.expected_best,
        good=0.5,
        bad=0.0,
        when_good=Says(
            Words(
                "这么多组合若都无本领，最好的年化夏普约{value}；实际最好的是{best}，明显更高。",
                "If all of them were worthless, the best would show a Sharpe ratio of about {value} a year; the best here has "
                "{best}, clearly more.",
            )
        ),
        when_doubtful=Says(
            Words(
                "这么多组合若都无本领，最好的年化夏普约{value}；实际最好的是{best}，高得不多。",
                "If all of them were worthless, the best would show a Sharpe ratio of about {value} a year; the best here has "
                "{best}, not much more.",
            ),
            LONGER,
        ),
        when_bad=Says(
            Words(
                "这么多组合若都无本领，最好的年化夏普也约有{value}；实际最好的只有{best}。",
                "If all of them were worthless, the best would show a Sharpe ratio of about {value} a year; the best here has {best} only.",
            ),
            NOT_TRADED,
        ),
        formula="sqrt(V) ((1-g) z(1 - 1/N) + g z(1 - 1/(N e))) sqrt(244), V: variance of the trials' Sharpe ratios, g: Euler-Mascheroni",
        source="Bailey, Lopez de Prado: The deflated Sharpe ratio, Journal of Portfolio Management, 2014",
        judged="the best's Sharpe ratio a year less this one",
    ),
    Row(
        key="deflated_sharpe",
        label=Words("扣除运气后的夏普概率", "Deflated Sharpe ratio"),
        unit="probability",
        figure=figures.deflated_sharpe,
        good=0.95,
        bad=0.90,
        when_good=Says(
            Words(
                "扣掉挑选的运气，最优组合确有本领的概率{value}。",
                "With the luck of the choice taken off, the best has a true edge with a probability of {value}.",
            )
        ),
        when_doubtful=Says(
            Words(
                "扣掉挑选的运气，最优组合确有本领的概率{value}，差一点。",
                "With the luck of the choice taken off, the best has a true edge with a probability of {value}: nearly enough.",
            ),
            LONGER,
        ),
        when_bad=Says(
            Words(
                "扣掉挑选的运气，最优组合确有本领的概率只有{value}：试了这么多，碰上这样的成绩不稀奇。",
                "With the luck of the choice taken off, the best has a true edge with a probability of {value} only: after so "
                "many trials such a result is no surprise.",
            ),
            NOT_TRADED,
        ),
        formula="as probabilistic_sharpe, against expected_best per session in place of 0",
        source="Bailey, Lopez de Prado: The deflated Sharpe ratio, Journal of Portfolio Management, 2014",
    ),
    Row(
        key="min_track_record",
        label=Words("最短需要的记录", "Minimum track record"),
        unit="sessions",
        figure=figures.min_track_record,
        good=1.0,
        bad=0.5,
        when_good=Says(
            Words(
                "最优的年化夏普{best}，要{value}个交易日才有95%的把握为正；窗口有{sessions}个，够了。",
                "A Sharpe ratio of {best} a year needs {value} sessions to be above zero with 95% confidence; the window has "
                "{sessions}, enough.",
            )
        ),
        when_doubtful=Says(
            Words(
                "最优的年化夏普{best}，要{value}个交易日才有95%的把握为正；窗口只有{sessions}个。",
                "A Sharpe ratio of {best} a year needs {value} sessions to be above zero with 95% confidence; the window has "
                "{sessions} only.",
            ),
            LONGER,
        ),
        when_bad=Says(
            Words(
                "最优的年化夏普{best}，要{value}个交易日才有95%的把握为正；窗口只有{sessions}个，不到一半。",
                "A Sharpe ratio of {best} a year needs {value} sessions to be above zero with 95% confidence; the window has "
                "{sessions}, less than half.",
            ),
            LONGER,
        ),
        formula="1 + (1 - skew SR + (kurtosis-1)/4 SR^2) (z(0.95) / SR)^2, rounded up",
        source="Bailey, Lopez de Prado: The Sharpe ratio efficient frontier, Journal of Risk, 2012",
        judged="sessions of the window over this number",
    ),
)
