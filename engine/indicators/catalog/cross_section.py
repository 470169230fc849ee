"""A stock beside the others of its day: functions over the universe as it is on that very session or minute bar."""

from engine.indicators.catalog.row import Function, K, X
from engine.words import Words

OUTSIDE = "x is; the stock is outside the universe of the day"
GROUP = "cross-section"
PAST_MEMBERS = "past_members"
"""Also those who were members in the warm-up only: who else is there then must not depend on the window."""

FUNCTIONS: tuple[Function, ...] = (
    Function("rank", "截面排名", GROUP, (X,), "the share of the other members that are below x, equals counting half: 0 lowest, 1 highest",
             OUTSIDE, "WorldQuant rank; pandas rank(pct=True) goes from 1/m to 1 instead; 0.5 for one who is alone",
             scale="plain", needs=PAST_MEMBERS,
             text=Words("当日股票池成员中 x 比它小的占比，0 最低、1 最高，相等各算一半；仅一只时为 0.5", "rank among the day's stocks"),
             example="rank(roc(close, 20)) > 0.8"),
    Function("zscore", "截面标准分", GROUP, (X,),
             "(x - mean) / std of the members' finite numbers; the std is that of a sample",
             f"{OUTSIDE}; all are equal, or one is alone", "WorldQuant zscore, which divides by the std of a population",
             scale="plain", needs=PAST_MEMBERS,
             text=Words("减去当日股票池的均值，再除以样本标准差", "z-score among the stocks of the day"),
             example="zscore(-pe) + zscore(roc(close, 60))"),
    Function("demean", "截面去均值", GROUP, (X,), "x - mean of the members' finite numbers", OUTSIDE, "WorldQuant normalize",
             needs=PAST_MEMBERS,
             text=Words("减去当日股票池的均值", "less the mean of the day"),
             example="demean(roc(close, 1)) > 2"),
    Function("winsorize", "截面缩尾", GROUP, (X, K), "x, but no farther than k std from the mean of the members' finite numbers",
             OUTSIDE, "WorldQuant winsorize, which takes the std of a population; x itself for one who is alone",
             needs=PAST_MEMBERS,
             text=Words("把离当日均值超过 k 倍标准差的值拉回到该处", "winsorized"),
             example="zscore(winsorize(pb, 3))"),
    Function("neutralize", "行业中性化", GROUP, (X,),
             "x - mean of the finite numbers of the members of its industry; those of an unknown industry are one",
             OUTSIDE,
             "WorldQuant group_neutralize; a stock's industry is the one that it had when the window began or it was listed, for all days",
             needs=PAST_MEMBERS,
             text=Words("减去当日同行业成员的均值；行业未知的股票算作同一行业", "less the mean of its industry"),
             example="rank(neutralize(roc(close, 20))) > 0.8"),
)  # fmt: skip
