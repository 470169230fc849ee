"""One example of each shape that the older rooms send and answer, taken from a grid on the sample market; newer rooms write theirs beside
their shapes. A test holds every one against its model."""

from typing import Any

BACKTEST = "b7ca22af-1f5f-48c4-ae2e-d55d5568a486"
GRID = "8ec65302-5e43-455b-8462-7cffbf0b869e"
RUN, NEXT_RUN = "b27c403a-9161-4ea2-aaa8-46f0f2a02886", "10086917-687a-4cb2-96ca-32618ecd3c77"
STRATEGY = "33e2f744-288d-4e8c-8647-51bb73e4c9c6"
REQUEST = "3f6f1b0e-3c43-4b52-9a0f-5c3f3b8b7f57"

CODE = """name: two-averages
params: {fast: {default: 5, min: 2, max: 60}, slow: {default: 20, min: 5, max: 250}}
require: [fast < slow]
universe: {from: {all: true}}
entry: cross_above(sma(close, fast), sma(close, slow))
exit: cross_below(sma(close, fast), sma(close, slow))
portfolio: {max_positions: 10}
"""

_IDENTITY = "4dce8e3d047626842cbec848b5195d4a22d54ce4a366668f333b2f955ab5b736"
_STRATEGY: dict[str, Any] = {"strategy_id": STRATEGY, "version": 1, "name": "dual-moving-average", "identity": _IDENTITY}
_PARAMS = {"ma_short": 5, "ma_long": 40}
_STATS = {
    "pnl": 347440.01, "return": 0.34744001, "annual_return": 0.161505310465, "max_dd": -0.136593340427, "sharpe": 1.13499315578,
    "sortino": 1.69917146594, "calmar": 1.18238056087, "max_dd_trough": 20210601, "trades": 156, "profit_factor": None,
}  # fmt: skip
_BEGAN, _STARTED, _ENDED = "2026-11-21T22:05:26.300Z", "2026-11-21T22:05:26.976Z", "2026-11-21T22:05:27.634Z"
_CONTEXT: dict[str, Any] = {
    "window": {"start": "2020-01-02", "end": "2021-12-31"}, "frequency": "1d", "datasource_version": "sample:v1",
    "initial_cash": 1000000, "benchmark": "009300.SH", "costs": {"dividends": "cash"},
}  # fmt: skip
_BACKTEST: dict[str, Any] = {
    "backtest_id": BACKTEST, "strategy": _STRATEGY, "context": _CONTEXT, "notes": "two years", "created_at": "2026-11-21T22:05:26.266Z",
}  # fmt: skip
_RUN: dict[str, Any] = {
    "run_id": RUN, "backtest_id": BACKTEST, "grid_id": GRID, "position": 1, "status": "succeeded", "progress": 100, "eta_seconds": 0.0,
    "created_at": _BEGAN, "started_at": _STARTED, "finished_at": _ENDED, "params": _PARAMS, "stats": _STATS,
    "artifacts": {"equity_curve_path": f"artifacts/4e9a6ded/{RUN}/equity.csv", "trades_path": f"artifacts/4e9a6ded/{RUN}/trades.csv",
                  "logs_path": f"artifacts/4e9a6ded/{RUN}/log.txt"},
    "error": None, "attempt": 1, "content_hash": "d906eed3463036052e2603459cdaaf1f544e3e77e04d1aeba9f739f3d5fdec4c",
    "engine_version": "7f14bbf3327829d1", "rules_version": "2025-07", "reused_from": None,
}  # fmt: skip
_GRID: dict[str, Any] = {
    "grid_id": GRID, "backtest_id": BACKTEST, "status": "finished", "progress": 100, "eta_seconds": 0.0, "total": 12,
    "counts": {"succeeded": 12}, "skipped": 0, "reused": 0, "best": {"run_id": RUN, "params": _PARAMS, "stats": _STATS},
    "summary": {"counts": {"succeeded": 12}, "skipped": 0, "errors": []},
    "created_at": _BEGAN, "started_at": _STARTED, "finished_at": _ENDED,
}  # fmt: skip
_TABLES = [
    {"name": "bars_1d", "rows": 116812, "first": "2018-01-02", "last": "2024-12-31"},
    {"name": "instruments", "rows": 81, "first": None, "last": None},
]
_DATASET: dict[str, Any] = {
    "version": "sample:v1", "source": "sample", "title": "synthetic sample market: invented prices, no real company", "synthetic": True,
    "published_at": "2026-11-21T22:05:25.735707+00:00", "tables": _TABLES,
    "frequencies": [{"frequency": "1d", "made_from": None, "first": "2018-01-02", "last": "2024-12-31"},
                    {"frequency": "1w", "made_from": "1d", "first": "2018-01-02", "last": "2024-12-31"}],
    "finding_counts": {"errors": 0, "warnings": 1},
    "findings": [{"kind": "jump", "severity": "warning", "count": 1, "message": "a price moved by more than the day's limit allows",
                  "examples": ["689902.SH 2019-05-06"], "table": "bars_1d", "first": "2019-05-06", "last": "2019-05-06"}],
}  # fmt: skip
_FUNCTION: dict[str, Any] = {
    "name": "sma", "chinese": "简单移动平均", "text": {"zh": "最近 n 根的算术平均；同通达信 MA", "en": "simple moving average"},
    "group": "moving averages", "signature": "sma(x, n)", "result": "number", "formula": "sum of the last n bars / n",
    "arguments": [{"name": "x", "kind": "series", "low": None, "high": None}, {"name": "n", "kind": "whole", "low": 1, "high": 1500}],
    "missing": "the first n-1 bars; a NaN in the window", "source": "TA-Lib SMA; 通达信 MA", "look_back": "n - 1",
    "example": "sma(close, 20)", "definition": None,
}  # fmt: skip

EXAMPLES: dict[str, dict[str, Any]] = {
    # what is sent
    "NewBacktest": {
        "strategyRef": {"template": "dual-moving-average"},
        "context": {"universe": {"all": True}, "window": {"start": "2020-01-02", "end": "2021-12-31"}, "datasource_version": "sample:v1"},
        "notes": "two years",
    },
    "SingleRun": {"mode": "single", "params": _PARAMS, "budget_ms": 600000, "priority": 5},
    "GridRun": {"mode": "grid", "gridSpec": {"ma_short": [5, 10, 20], "ma_long": {"start": 30, "stop": 60, "step": 10}}, "max_evals": 12},
    "TextToJudge": {"code": CODE},
    # what is answered
    "BacktestCreated": {"backtest_id": BACKTEST},
    "BacktestShown": _BACKTEST,
    "BacktestList": {"items": [_BACKTEST], "next_cursor": None},
    "StrategyVersionShown": _STRATEGY | {"name": "two-averages", "code": CODE},
    "RunsSubmitted": {"run_ids": [NEXT_RUN, RUN], "grid_id": GRID, "skipped": 0, "reused": 0},
    "DryRun": {
        "combinations": 12,
        "skipped": 0,
        "reused": 0,
        "blocks": 2,
        "estimated_compute_seconds": 0.006801,
        "estimated_wall_seconds": 0.003401,
        "estimated_cost_usd": 0.000000333,
        "price": "0.0000166667 USD a GB-second, 3008 MB a worker: AWS Lambda on x86, Singapore; the price list of AWS, August 2026",
        "estimated_result_bytes": 23328,
    },
    "RunShown": _RUN,
    "RunList": {"items": [_RUN], "next_cursor": None},
    "SubmissionList": {
        "items": [
            {"mode": "grid", "backtest": _BACKTEST, "run_id": None, "run": None,
             "grid": _GRID | {"summary": None}, "archived_at": None, "created_at": _BEGAN}
        ],
        "next_cursor": None,
    },
    "GridShown": _GRID,
    "DiagnosisShown": {
        "combinations": 12, "sessions": 486, "trials": {"count": 12, "variance": 0.0003361362869773335, "scope": "owner"}, "best": 1,
        "best_run_id": RUN, "verdict": "bad",
        "summary": {"zh": "最好的成绩，靠运气也能得到：不要相信。", "en": "The best is what luck would show: do not believe it."},
        "indicators": [
            {"key": "effective_trials", "label": {"zh": "有效尝试次数", "en": "Independent combinations"}, "value": 4.0564, "unit": "count",
             "verdict": "good", "meaning": {"zh": "约相当于4个互不相关的尝试。", "en": "This is worth about 4 unrelated trials."},
             "advice": {"zh": "", "en": ""}, "formula": "rho + (1 - rho) N", "source": "Bailey and Lopez de Prado, 2014"}
        ],
    },
    "HeatmapShown": {
        "metric": "sharpe", "x": {"name": "ma_short", "values": [5, 10]}, "y": {"name": "ma_long", "values": [30]}, "fixed": {},
        "values": [[0.845860226082, None]], "run_ids": [[RUN, None]],
    },
    "MetricList": {
        "items": [
            {"key": "sortino", "label": {"zh": "索提诺比率", "en": "Sortino ratio"}, "unit": "ratio",
             "formula": "mean(r) / sqrt(mean(min(r, 0) ** 2)) * sqrt(Y)", "source": "Sortino and Price 1994", "least": 122,
             "of_what": "sessions", "differs": "None where no session lost; the libraries say NaN or infinity"}
        ]
    },
    "ArtifactRows": {
        "items": [
            {"ts_code": "689902.SH", "entry_date": "2020-01-08", "entry_price_yuan": 18.69, "shares": 5233, "exit_date": "2020-01-10",
             "exit_price_yuan": 18.68, "pnl_yuan": -202.89, "exit_reason": "signal"}
        ],
        "next_cursor": "MQ",
    },
    "TemplateList": {
        "items": [
            {"name": "two-averages", "code": CODE, "look_back": 251,
             "parameters": [{"name": "fast", "default": 5, "min": 2, "max": 60}, {"name": "slow", "default": 20, "min": 5, "max": 250}]}
        ]
    },
    "TextJudged": {
        "valid": False, "warnings": [], "name": None, "identity": None, "parameters": [], "look_back": None, "fields": [],
        "problems": [
            {"field": "entry", "message": "unknown function 'smaa'", "hint": "did you mean 'sma'?", "line": 2, "column": 20}
        ],
        "execution_frequency": None,
    },
    "Language": {
        "functions": [_FUNCTION],
        "fields": [{"name": "open", "unit": "0.01 li, adjusted", "text": {"zh": "开盘价，后复权", "en": "first price, back-adjusted"},
                    "kind": "number", "needs": None}],
        "keywords": ["and", "or", "not"], "operators": ["<", "+"], "sections": ["name", "entry", "exit"],
        "settings": [{"path": "portfolio.max_positions", "unit": "whole", "text": {"zh": "持仓位数", "en": "slots"}, "low": 1.0,
                      "high": 1000.0, "default": "10"}],
        "words": [{"path": "select.every", "choices": ["week", "month"]}],
    },
    "DatasetList": {"items": [_DATASET]},
    "DatasetDetails": _DATASET | {
        "note": {"generator": 2, "synthetic": True},
        "examination": {"examined_at": "2026-11-21T22:10:00.000000+00:00", "finding_counts": {"errors": 0, "warnings": 0}, "findings": []},
    },
    "RankingPending": {"status": "preparing"},
    "Health": {"status": "ok", "build": "0.1.0", "engine_version": "7f14bbf3327829d1", "dataset": "sample:v1", "database": True,
               "lake": True, "queued": 3},
}  # fmt: skip
"""By the model's name in the OpenAPI document."""
