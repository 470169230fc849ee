"""Rows on the choice: whether the best stays good out of sample, beats the benchmark, and stands on firm ground."""

from engine.diagnosis import figures
from engine.diagnosis.row import Row, Says
from engine.words import Words

CSCV = "Bailey, Borwein, Lopez de Prado, Zhu: The probability of backtest overfitting, Journal of Computational Finance, 2017"
WALK = Words(
    "不要只用排第一的参数；取一片都好的参数的中间值，或用滚动前推检验。",
    "Do not use the first of the ranking alone: take the middle of a region that is good, or test walking forward.",
)
NOT_BETTER = Words("先问比{against}好在哪里，再谈参数。", "Ask what makes it better than {against} before any parameter.")
MIDDLE = Words("取高原中间的参数，不取尖峰。", "Take parameters from the middle of a plateau, not from a needle.")
FINER = Words("减少参数，或把步长放粗，再看哪里成片地好。", "Use fewer parameters or coarser steps, and look for regions that are good.")

CHOICE = (
    Row(
        key="overfitting",
        label=Words("过拟合概率", "Probability of overfitting"),
        unit="probability",
        figure=figures.overfitting,
        good=0.10,
        bad=0.30,
        when_good=Says(
            Words(
                "用一半时间选出的最优，在另一半里落到中位以下的概率只有{value}：挑选有意义。",
                "Chosen on half of the window, the best falls below the median in the other half with a probability of "
                "{value} only: the choice means something.",
            )
        ),
        when_doubtful=Says(
            Words(
                "用一半时间选出的最优，在另一半里有{value}的概率落到中位以下。",
                "Chosen on half of the window, the best falls below the median in the other half with a probability of {value}.",
            ),
            WALK,
        ),
        when_bad=Says(
            Words(
                "用一半时间选出的最优，在另一半里有{value}的概率落到中位以下（掷硬币是50%）：按名次挑选靠不住。",
                "Chosen on half of the window, the best falls below the median in the other half with a probability of "
                "{value} (a coin gives 50%): the ranking is no guide.",
            ),
            WALK,
        ),
        formula=(
            "share of the splits of 16 parts (fewer in short windows) into halves where the best by Sharpe in one is below the "
            "median in the other; at it: half"
        ),
        source=CSCV,
    ),
    Row(
        key="loss",
        label=Words("样本外亏损概率", "Probability of a loss out of sample"),
        unit="probability",
        figure=figures.loss,
        good=0.05,
        bad=0.25,
        when_good=Says(
            Words(
                "用一半时间选出的最优，在另一半里亏损的概率{value}。",
                "Chosen on half of the window, the best loses money in the other half with a probability of {value}.",
            )
        ),
        when_doubtful=Says(
            Words(
                "用一半时间选出的最优，在另一半里亏损的概率{value}。",
                "Chosen on half of the window, the best loses money in the other half with a probability of {value}.",
            ),
            WALK,
        ),
        when_bad=Says(
            Words(
                "用一半时间选出的最优，在另一半里亏损的概率高达{value}。",
                "Chosen on half of the window, the best loses money in the other half with a probability as high as {value}.",
            ),
            WALK,
        ),
        formula="share of the same splits where the mean return of the best in sample is negative out of sample",
        source=CSCV,
    ),
    Row(
        key="degradation",
        label=Words("样本外衰减", "Lost out of sample"),
        unit="share",
        figure=figures.degradation,
        good=0.40,
        bad=0.70,
        when_good=Says(
            Words(
                "选出的最优，样本内平均年化夏普{inside}，样本外{outside}：{lost}，属正常。",
                "The best has a Sharpe ratio of {inside} a year where it was chosen and {outside} out of sample on average: "
                "{lost}, which is usual.",
            )
        ),
        when_doubtful=Says(
            Words(
                "选出的最优，样本内平均年化夏普{inside}，样本外{outside}：{lost}。",
                "The best has a Sharpe ratio of {inside} a year where it was chosen and {outside} out of sample on average: {lost}.",
            ),
            Words("按样本外的数字预期，而不是榜首的数字。", "Expect the figure out of sample, not that of the ranking."),
        ),
        when_bad=Says(
            Words(
                "选出的最优，样本内平均年化夏普{inside}，样本外只有{outside}：{lost}。",
                "The best has a Sharpe ratio of {inside} a year where it was chosen and {outside} out of sample on average: {lost}.",
            ),
            WALK,
        ),
        formula="1 - mean Sharpe out of sample / mean Sharpe in sample of the best in sample, over the same splits",
        source=CSCV + "; the share in place of their regression's slope, which is -1 for one true edge that is always chosen",
    ),
    Row(
        key="reality_check",
        label=Words("现实检验 p 值", "Reality check, p-value"),
        unit="probability",
        figure=figures.reality_check,
        good=0.05,
        bad=0.10,
        when_good=Says(
            Words(
                "若全部组合都不比{against}好，最高的平均超额收益仍达到这么高的概率只有{value}。",
                "If none were better than {against}, the highest mean excess return would be this high with a probability of {value} only.",
            )
        ),
        when_doubtful=Says(
            Words(
                "若全部组合都不比{against}好，最高的平均超额收益仍达到这么高的概率是{value}。",
                "If none were better than {against}, the highest mean excess return would be this high with a probability of {value}.",
            ),
            NOT_BETTER,
        ),
        when_bad=Says(
            Words(
                "若全部组合都不比{against}好，最高的平均超额收益仍有{value}的概率达到这么高：看不出比{against}强。",
                "If none were better than {against}, the highest mean excess return would still be this high with a "
                "probability of {value}: nothing shows that {against} is beaten.",
            ),
            NOT_BETTER,
        ),
        formula=(
            "(1 + #(V* >= V)) / (1 + 999), V = max sqrt(T) mean excess, V*: of a stationary bootstrap (runs of 10 sessions) less the mean"
        ),
        source="White: A reality check for data snooping, Econometrica, 2000",
    ),
    Row(
        key="spa",
        label=Words("优越性检验 p 值", "Superior predictive ability, p-value"),
        unit="probability",
        figure=figures.spa,
        good=0.05,
        bad=0.10,
        when_good=Says(
            Words(
                "按各自波动折算、不受差组合拖累地再检验一次：若都不比{against}好，碰巧这样好的概率只有{value}。",
                "Tested again by each one's own spread, poor combinations set aside: if none were better than {against}, "
                "chance would do as well with a probability of {value} only.",
            )
        ),
        when_doubtful=Says(
            Words(
                "按各自波动折算、不受差组合拖累地再检验一次：若都不比{against}好，碰巧这样好的概率是{value}。",
                "Tested again by each one's own spread, poor combinations set aside: if none were better than {against}, "
                "chance would do as well with a probability of {value}.",
            ),
            NOT_BETTER,
        ),
        when_bad=Says(
            Words(
                "按各自波动折算、不受差组合拖累地再检验一次：若都不比{against}好，碰巧这样好的概率仍有{value}：看不出比{against}强。",
                "Tested again by each one's own spread, poor combinations set aside: if none were better than {against}, "
                "chance would do as well with a probability of {value}: nothing shows that {against} is beaten.",
            ),
            NOT_BETTER,
        ),
        formula=(
            "as reality_check with max(0, sqrt(T) mean / s), not recentred where sqrt(T) mean < -omega sqrt(2 ln ln T); "
            "s: standard deviation, omega: Politis and Romano's long-run one"
        ),
        source=(
            "Hansen: A test for superior predictive ability, Journal of Business and Economic Statistics, 2005 (consistent p-value); "
            "studentised by s in place of omega, which finds too much among many"
        ),
    ),
    Row(
        key="rank_stability",
        label=Words("名次稳定性", "Stability of the ranking"),
        unit="correlation",
        figure=figures.rank_stability,
        good=0.30,
        bad=0.0,
        when_good=Says(
            Words(
                "前半段和后半段的夏普名次相关{value}：好的大体还是好的。",
                "Ranks by Sharpe ratio in the first and second half of the window have a correlation of {value}: what was "
                "good stays good by and large.",
            )
        ),
        when_doubtful=Says(
            Words(
                "前半段和后半段的夏普名次相关只有{value}。",
                "Ranks by Sharpe ratio in the first and second half of the window have a correlation of {value} only.",
            ),
            WALK,
        ),
        when_bad=Says(
            Words(
                "前半段和后半段的夏普名次相关{value}：前面好的，后面并不更好。",
                "Ranks by Sharpe ratio in the first and second half of the window have a correlation of {value}: what was "
                "good before is no better than the rest after.",
            ),
            WALK,
        ),
        formula="Spearman's correlation of Sharpe ratios in the two halves of the window, ranks of ties averaged",
        source="Spearman: The proof and measurement of association between two things, American Journal of Psychology, 1904",
    ),
    Row(
        key="plateau",
        label=Words("参数高原", "Plateau of the best"),
        unit="share",
        figure=figures.plateau,
        good=0.60,
        bad=0.30,
        when_good=Says(
            Words(
                "最优的邻格平均有它{value}的夏普：站在高原上，参数偏一点也行。",
                "Neighbours of the best have {value} of its Sharpe ratio on average: it stands on a plateau, and a parameter "
                "may be a little off.",
            )
        ),
        when_doubtful=Says(
            Words(
                "最优的邻格平均有它{value}的夏普：坡有点陡。",
                "Neighbours of the best have {value} of its Sharpe ratio on average: the slope is rather steep.",
            ),
            MIDDLE,
        ),
        when_bad=Says(
            Words(
                "最优的邻格平均只有它{value}的夏普：这是一个尖峰，参数稍变就没了。",
                "Neighbours of the best have {value} of its Sharpe ratio on average: it is a needle, gone with a small change "
                "of a parameter.",
            ),
            MIDDLE,
        ),
        formula=(
            "mean Sharpe of the neighbours (one step of the grid in one or more parameters, missing ones left out) / the best's, "
            "within 0 and 1"
        ),
        source="after Pardo: The evaluation and optimization of trading strategies, 2008, chapter 10; the definition is ours",
    ),
    Row(
        key="peaks",
        label=Words("山峰数比纯噪声", "Peaks against pure noise"),
        unit="ratio",
        figure=figures.peaks,
        good=0.50,
        bad=0.80,
        when_good=Says(
            Words(
                "参数曲面有{found}个山峰，纯噪声约有{noise}个：曲面平滑，有规律。",
                "The landscape has {found} peaks where pure noise has about {noise}: it is smooth, there is a pattern.",
            )
        ),
        when_doubtful=Says(
            Words(
                "参数曲面有{found}个山峰，纯噪声约有{noise}个：有些崎岖。",
                "The landscape has {found} peaks where pure noise has about {noise}: it is rather rough.",
            ),
            FINER,
        ),
        when_bad=Says(
            Words(
                "参数曲面有{found}个山峰，纯噪声约有{noise}个：和噪声差不多。",
                "The landscape has {found} peaks where pure noise has about {noise}: it looks like noise.",
            ),
            FINER,
        ),
        formula="cells above all their neighbours / sum over cells of 1 / (1 + neighbours)",
        source="of n independent equal draws each is the highest with probability 1/n; the definition is ours",
    ),
)
