"""What a report says, for programs: the statistics behind the page's charts and tables, and the findings. The same run, the same bytes."""

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any

from engine.doctor.examine import CHECKS
from engine.statistics.tables import Rolling
from functions.reports.report import Report


def statistics_json(report: Report) -> bytes:
    """UTF-8. Dates are YYYYMMDD, money of the curve is in yuan, of trades in li; rates are fractions; what does not exist is null."""
    curve = report.curve
    return _bytes(
        {
            "stats": dict(report.stats),
            "too_small": list(report.too_small),
            "monthly": [row._asdict() for row in report.monthly],
            "yearly": [row._asdict() for row in report.yearly],
            "drawdowns": [row._asdict() for row in report.drawdowns],
            "rolling": None if report.rolling is None else _rolling(report.rolling),
            "by_stock": [row._asdict() for row in report.by_stock],
            "by_exit_reason": [row._asdict() for row in report.by_exit_reason],
            "curve": {
                "sessions": list(curve.sessions),
                "equity": [li / 1000 for li in curve.equity],
                "benchmark_code": curve.benchmark_code or None,
                "benchmark": _known(curve.benchmark, 3) if curve.benchmark else None,
                "excess": _known(curve.excess, 8) if curve.excess else None,
                "drawdown": _known(curve.drawdown, 8),
            },
        }
    )


def findings_json(report: Report) -> bytes:
    """UTF-8: {"checks": how many were made, "findings": [...], "proof": {...} or null}, serious ones first; see their to_json."""
    return _bytes({"checks": len(CHECKS), "findings": [finding.to_json() for finding in report.findings], "proof": report.proof})


def _rolling(rolling: Rolling) -> dict[str, Any]:
    return {
        "window": rolling.window,
        "sharpe": _known(rolling.sharpe.tolist(), 6),
        "volatility": _known(rolling.volatility.tolist(), 8),
        "beta": _known(rolling.beta.tolist(), 6),
    }


def _known(values: Iterable[float | None], decimals: int) -> list[float | None]:
    return [None if value is None or not isfinite(value) else round(value, decimals) for value in values]


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
