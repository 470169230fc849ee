"""`lianghu grid --dry-run`: what a grid would take, asked of the platform; nothing is computed."""

from collections.abc import Mapping
from typing import Any

from engine.words import Words
from functions.api.answers import DryRun
from functions.client import Client
from functions.commands.kept import How
from functions.commands.screen import in_line, output, write_json


def tell_dry_run(api: Client, backtest_id: str, spec: Mapping[str, Any], max_evals: int | None, how: How) -> int:
    """The exit code."""
    found = api.dry_run(backtest_id, spec, max_evals=max_evals, reuse=not how.anew)
    if how.as_json:
        write_json(found.model_dump())
        return 0
    for label, value in rows(found):
        output.print(f"{in_line(label)}: {value}", soft_wrap=True)
    return 0


def rows(found: DryRun) -> list[tuple[Words, str]]:
    """What is told, line by line."""
    return [
        (Words("参数组合", "combinations"), f"{found.combinations:,}"),
        (Words("被 require 排除", "excluded by require"), f"{found.skipped:,}"),
        (Words("此前算过", "computed before"), f"{found.reused:,}"),
        (Words("分块", "blocks"), f"{found.blocks:,}"),
        (Words("全部计算时间", "computing, all workers together"), f"{found.estimated_compute_seconds:,.3f} s"),
        (Words("预计等待", "computing, by the clock"), f"{found.estimated_wall_seconds:,.3f} s"),
        (Words("存储", "stored curves"), f"{found.estimated_result_bytes / 1e6:,.3f} MB"),
        (Words("云端费用", "cost in the cloud"), f"{found.estimated_cost_usd:.6f} USD ({found.price})"),
    ]
