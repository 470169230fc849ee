"""The estimate as tables of a terminal, in its language. Figures have two digits that count, because more would not be true."""

from collections.abc import Callable, Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from engine.words import Words
from functions.commands.estimate_asked import Asked
from functions.commands.estimate_known import Choices, Known
from functions.commands.screen import in_line, output, said, show_table
from functions.scale.choosing import Choice, memory_needed
from functions.scale.deployment import MOST_MB
from functions.scale.estimate import Estimate, Setting, Spent
from functions.scale.months import Month
from functions.scale.prices import REGIONS, Line, bill, meter_of, price_of, total
from functions.scale.shown import seconds, short, size, usd
from functions.scale.work import Market

LINES_SHOWN = 8
ESTIMATED = Words(
    "估算，不是账单：数字取自本机测量与公开价格，见 docs/cost.md",
    "an estimate, no bill: measured here, priced by public lists; docs/cost.md says how",
)
UNPRICED = Words(
    "AWS_REGION {region} 的价格未知，这里按 {other} 计算；--region 可指定",
    "the prices of AWS_REGION {region} are not known: those of {other} are taken; --region says which",
)
NO_ROOM = Words(
    "内存放不下这个市场：一个工作函数约需 {needed} MB，用 --memory 指定",
    "this market has no room in so little memory: a worker needs about {needed} MB; say so with --memory",
)
TOO_LARGE = Words(
    "任何函数都放不下这个市场：一个工作函数约需 {needed} MB，最多只有 {most} MB",
    "no function has room for this market: a worker needs about {needed} MB, and has {most} at most",
)
HEADS = (Words("项目", "what"), Words("低", "low"), Words("典型", "typical"), Words("高", "high"))


ROWS: tuple[tuple[Words, Callable[[Spent], float], Callable[[float], str]], ...] = (
    (Words("到汇总为止", "until the summary"), lambda spent: spent.wall_seconds, seconds),
    (Words("其后：最佳各组的完整账户", "after it: accounts of the best"), lambda spent: spent.accounts_wall_seconds, seconds),
    (Words("工作函数：各组", "workers: combinations"), lambda spent: spent.cells_seconds, seconds),
    (Words("工作函数：完整账户", "workers: accounts of the best"), lambda spent: spent.accounts_seconds, seconds),
    (Words("工作函数：冷启动", "workers: cold starts"), lambda spent: spent.cold_seconds, seconds),
    (Words("最大的一块", "the largest block"), lambda spent: spent.block_seconds, seconds),
    (Words("Postgres 处理器时间", "Postgres, its processor"), lambda spent: spent.postgres_seconds, seconds),
    (Words("Postgres 核数", "Postgres, cores meanwhile"), lambda spent: spent.postgres_cores, short),
    (Words("完整账户的文件", "files of accounts"), lambda spent: spent.account_bytes, size),
)


def doubts(wanted: "Asked", market: Market) -> list[Words]:
    """What is to be known before the figures are believed."""
    found, setting = [], wanted.setting
    if wanted.unpriced:
        found.append(UNPRICED.filled(region=wanted.unpriced, other=f"{setting.region} {REGIONS[setting.region]}"))
    if setting.memory_mb < (needed := memory_needed(market)):
        found.append((NO_ROOM if needed <= MOST_MB else TOO_LARGE).filled(needed=f"{needed:,.0f}", most=f"{MOST_MB:,}"))
    return found


def tell_estimate(known: "Known", found: Estimate, choices: "Choices", wanted: "Asked") -> None:
    setting, work = wanted.setting, found.work
    name = f"{known.name}: " if known.name else ""
    about = Words(
        "{name}{count} 组，{stocks} 只股票，{sessions} 个交易日；{blocks} 块，{accounts} 份完整账户，{bells} 条消息，{events} 个事件",
        "{name}{count} combinations, {stocks} stocks, {sessions} sessions; {blocks} blocks, {accounts} full accounts, {bells} messages, "
        "{events} events",
    )
    counts = {name: f"{getattr(work, name):,}" for name in ("blocks", "accounts", "bells", "events")}
    told = about.filled(
        name=name, count=f"{work.combinations:,}", stocks=f"{known.market.stocks:,}", sessions=f"{known.market.sessions:,}", **counts
    )
    for line in said(told):
        output.print(line, markup=False, soft_wrap=True)
    for line in said(_where(setting)):
        output.print(line, markup=False, soft_wrap=True)
    rows = [(label, [shown(of(spent)) for spent in found.cases()]) for label, of, shown in ROWS]
    costs = found.usd(setting.region)
    rows.append((Words("费用（不计免费额度）", "cost (nothing taken off as free)"), [usd(value) for value in costs]))
    _three(rows)
    _bill(bill(found.typical.usage, setting.region, free=False), setting.region)
    _choice(Words("内存 MB", "memory, MB"), choices.memory)
    _choice(Words("工作函数数目", "workers"), choices.workers)
    _choice(Words("每块组数", "runs of a block"), choices.blocks)
    output.print(in_line(ESTIMATED), style="dim", soft_wrap=True)


def tell_month(found: Month, setting: Setting) -> None:
    scenario, work = found.scenario, found.estimate.work
    about = Words(
        "一个月：{users} 个用户，{count} 组，{submissions} 次提交，{stocks} 只股票，{sessions} 个交易日",
        "a month: {users} users, {count} combinations, {submissions} submissions, {stocks} stocks, {sessions} sessions",
    )
    figures = {"users": scenario.users, "count": work.combinations, "submissions": work.submissions}
    market = {"stocks": scenario.market.stocks, "sessions": scenario.market.sessions}
    for line in (*said(about.filled(**{name: f"{value:,}" for name, value in (figures | market).items()})), *said(_where(setting))):
        output.print(line, markup=False, soft_wrap=True)
    rows = [
        (Words("这个月", "this month"), [usd(value) for value in found.usd]),
        (Words("月月如此，一年之后每月", "every month so, a month after a year"), [usd(value) for value in found.year]),
        (Words("工作函数", "workers"), [seconds(spent.worker_seconds) for spent in found.estimate.cases()]),
    ]
    _three(rows)
    machine = Words("数据库：{now}，一年之后 {later}；{gb} GB 一个月", "the database: {now}, after a year {later}; {gb} GB a month")
    output.print(in_line(machine.filled(now=found.machine.name, later=found.later.name, gb=short(found.disk_gb))), soft_wrap=True)
    _bill(found.lines[1], setting.region)
    output.print(in_line(ESTIMATED), style="dim", soft_wrap=True)


def _where(setting: Setting) -> Words:
    told = Words(
        "{region}，最多 {workers} 个工作函数，各 {memory} MB（{processors} 个处理器，{threads} 个线程，{kind}）",
        "{region}, {workers} workers at most of {memory} MB ({processors} processors, {threads} threads, {kind})",
    )
    return told.filled(
        region=f"{setting.region} {REGIONS[setting.region]}",
        workers=f"{setting.workers:,}",
        memory=f"{setting.memory_mb:,}",
        processors=short(setting.processors),
        threads=setting.threads,
        kind="arm64" if setting.arm else "x86-64",
    )


def _three(rows: Iterable[tuple[Words, Sequence[str]]]) -> None:
    table = _table(HEADS)
    for label, cells in rows:
        table.add_row(in_line(label), *cells)
    show_table(table)


def _bill(lines: Sequence[Line], region: str) -> None:
    """The dearest first; `?` where nobody looked the price up twice."""
    table = _table((Words("服务", "service"), Words("计量", "what is metered"), Words("数量", "units"), Words("费用", "cost")))
    shown = [line for line in lines if line.usd > 0][:LINES_SHOWN]
    for line in shown:
        meter = meter_of(line.meter)
        doubt = "" if price_of(line.meter, region).verified else " ?"
        table.add_row(meter.service, meter.what, f"{short(line.units)} {meter.unit}", f"{usd(line.usd)}{doubt}")
    rest = total(tuple(lines)) - sum(line.usd for line in shown)
    if rest > 0:
        table.add_row(in_line(Words("其余", "the rest")), "", "", usd(rest))
    show_table(table)


def _choice(label: Words, choice: Choice) -> None:
    told = Words(
        "{label}：最省 {cheapest}，最快 {fastest}，折中 {knee}", "{label}: cheapest {cheapest}, fastest {fastest}, between them {knee}"
    )
    each = {
        name: f"{tried.size:,} ({usd(tried.usd)}, {seconds(tried.wall_seconds)})"
        for name, tried in (("cheapest", choice.cheapest), ("fastest", choice.fastest), ("knee", choice.knee))
    }
    words = Words(told.zh.format(label=label.zh, **each), told.en.format(label=label.en, **each))
    for line in said(words):
        output.print(line, markup=False, soft_wrap=True)


def _table(heads: Sequence[Words]) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for place, head in enumerate(heads):
        table.add_column("\n".join(said(head)), justify="right" if place else "left", no_wrap=True)
    return table
