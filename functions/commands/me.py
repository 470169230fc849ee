"""`lianghu me`: who one is on the platform, and what is used of the plan."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from engine.words import Words
from functions.commands.connection import client
from functions.commands.failures import OK
from functions.commands.screen import in_line, notes, output, show_table, write_json
from functions.settings import Settings

QUOTAS = {
    "combinations": Words("本月参数组合", "combinations this month"),
    "compute_seconds": Words("本月计算秒数", "seconds of computing this month"),
    "strategies": Words("策略", "strategies"),
    "shares": Words("有效分享链接", "live share links"),
}
HEADS = (Words("配额", "quota"), Words("已用", "used"), Words("剩余", "left"))


def show_me(settings: Settings, as_json: bool) -> int:
    with client(settings) as api:
        me = api.me()
    if as_json:
        write_json(me.model_dump(mode="json"))
        return OK
    kind = " · read-only" if me.read_only else ""
    key = f" · API key {me.key_id}" if me.key_id else ""
    output.print(f"{me.email or me.user_id} · {me.plan}{kind}{key}", markup=False)
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for position, head in enumerate(HEADS):
        table.add_column(in_line(head), justify="right" if position else "left", no_wrap=True)
    for quota in me.quotas:
        words = QUOTAS.get(quota.name)
        table.add_row(in_line(words) if words else quota.name, f"{quota.used:,.0f}", f"{quota.left:,.0f}")
    show_table(table)
    for notice in me.notices:
        notes.print(notice, style="yellow", markup=False, soft_wrap=True)
    return OK
