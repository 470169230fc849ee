"""What commands put on the screen: figures in groups, findings, a diagnosis; at every width, also where something does not exist."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.doctor.examine import CHECKS
from engine.statistics.metrics import METRICS
from functions.commands.belief import show_diagnosis, show_findings
from functions.commands.screen import BY_ID, Row, Speech, day, minute, output, runs_table
from functions.commands.statistics import few, show_statistics
from functions.settings import Settings


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What is written by something, on a screen of so many columns."""

    def tell(columns: int, show: Callable[..., None], *arguments: Any, **named: Any) -> str:
        monkeypatch.setattr(output, "_width", columns)  # COLUMNS counts only when a console is made
        capfd.readouterr()
        show(*arguments, **named)
        return capfd.readouterr().out

    return tell


STATS: dict[str, float | int | None] = {metric.key: None for metric in METRICS} | {
    "return": -0.125, "sharpe": 1.5, "win_rate": 1.0, "trades": 3, "sessions": 20, "max_dd_start": 20200317, "fees": 1234.5, "refused": 7,
}  # fmt: skip


def test_every_statistic_stands_once_in_words_with_its_unit(told: Callable[..., str]) -> None:
    out = told(100, show_statistics, STATS, "one")
    for metric in METRICS:
        assert out.count(metric.label.zh + " ") >= 1 and metric.label.en in out
    assert "-12.50%" in out and "2020-03-17" in out and "1,234.50" in out and "元 CNY" in out and "—" in out
    lines = [line.split() for line in out.splitlines()]
    assert sum(line[:1] == ["被拒委托"] for line in lines) == 1


def test_a_wide_screen_has_two_columns_and_a_narrow_one_cuts_nothing(told: Callable[..., str]) -> None:
    wide, narrow = (told(columns, show_statistics, STATS, "one") for columns in (200, 40))
    assert len(wide.splitlines()) < 0.7 * len(narrow.splitlines()) and "…" not in wide + narrow
    for metric in METRICS:
        assert metric.label.en in wide and metric.label.en in narrow


def test_too_small_a_sample_is_marked(told: Callable[..., str]) -> None:
    assert {"sharpe", "win_rate"} <= set(few(STATS)) and "fees" not in few(STATS)
    out = told(100, show_statistics, STATS, "one")
    marked = {line.split()[0] for line in out.splitlines() if "*" in line}
    assert "夏普比率" in marked and "胜率" in marked and "交易费用" not in marked


def test_an_older_run_and_one_without_figures_are_told(told: Callable[..., str]) -> None:
    out = told(100, show_statistics, {"return": 0.1, "forgotten": 3.0}, "[bold]one")
    assert "+10.00%" in out and "forgotten" in out and "*" not in out and "[bold]one" in out
    assert told(100, show_statistics, {}, "none").split() == ["none"]


def finding(severity: str, **words: str) -> dict[str, Any]:
    text = {"zh": "只有 3 笔 [red]", "en": "only 3 trades [red]"} | words
    return {"code": "TOO_FEW", "severity": severity, "figures": {}, "title": {"zh": "太少", "en": "Too few"}, "text": text}


def test_findings_say_how_serious_they_are_in_both_languages(told: Callable[..., str]) -> None:
    out = told(80, show_findings, [finding("serious"), finding("warning"), finding("info")])
    for said in ("严重 serious · 太少 Too few", "提醒 warning", "提示 info", "only 3 trades [red]", "只有 3 笔 [red]", "TOO_FEW"):
        assert said in out


def test_a_run_without_findings_was_silent_about_the_doctor(told: Callable[..., str]) -> None:
    out = told(80, show_findings, [])
    assert f"{len(CHECKS)} 项检查均未发现问题" in out and f"{len(CHECKS)} checks found nothing" in out


def indicator(verdict: str, value: float | int | None, unit: str) -> dict[str, Any]:
    words = {"zh": "扣除运气以后仍然可信" * 8, "en": "with the luck of the choice taken off " * 6}
    label = {"zh": "指标", "en": "Indicator"}
    return {"key": "k", "label": label, "value": value, "unit": unit, "verdict": verdict, "meaning": words, "advice": words}


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_diagnosis_is_whole_at_every_width(told: Callable[..., str], columns: int) -> None:
    rows = [indicator("good", 0.951, "probability"), indicator("bad", 1234, "sessions"), indicator("doubtful", -0.5, "correlation")]
    diagnosis = {
        "combinations": 9, "sessions": 100, "trials": {"count": 1234, "variance": None, "scope": "owner"}, "best": 3, "verdict": "bad",
        "summary": {"zh": "像是运气", "en": "what luck would show"}, "indicators": [*rows, indicator("unknown", None, "ratio")],
    }  # fmt: skip
    out = told(columns, show_diagnosis, diagnosis)
    for said in ("诊断 diagnosis: 不可信 bad", "像是运气", "1,234 that you ever tried", "95.1%", "-0.50", "—", "无法判断", "doubtful"):
        assert said in out
    assert "…" not in out and out.count("扣") == 3 * 8 and out.count("同上") == out.count("as above") == 1


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "both"), ({"LANG": "C.UTF-8"}, "both"), ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN"}, "zh"), ({"LANG": "zh_CN.UTF-8", "LIANGHU_LANGUAGE": "en"}, "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_terminals_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LIANGHU_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings().language == language


@pytest.mark.parametrize(("language", "told_in", "not_in"), [("zh", "像是运气", "luck"), ("en", "what luck would show", "像")])
def test_one_language_is_told_alone(
    told: Callable[..., str], monkeypatch: pytest.MonkeyPatch, language: str, told_in: str, not_in: str
) -> None:
    diagnosis = {
        "trials": {"count": 12, "variance": None, "scope": "grid"}, "verdict": "bad",
        "summary": {"zh": "像是运气", "en": "what luck would show"}, "indicators": [],
    }  # fmt: skip
    monkeypatch.setattr(Speech, "language", language)
    out = told(100, show_diagnosis, diagnosis)
    assert told_in in out
    assert not_in not in out.replace(told_in, "")


def test_a_ranking_wrote_figures_otherwise_than_the_page(told: Callable[..., str]) -> None:
    rows = [Row({"a": 5}, {"return": 0.0, "sharpe": 0.7154, "max_dd": -0.00001, "trades": 1234}, "succeeded", "0123456789")]
    out = told(120, runs_table, rows, "one", 20)
    assert " 0.00%" in out and "+0.00%" not in out and "-0.00%" not in out and "0.72 " in out and "1,234" in out


def test_runs_are_listed_by_their_ids_and_what_failed_says_so(told: Callable[..., str]) -> None:
    rows = [Row({"a": 5}, {"return": 0.1}, "succeeded", "0123456789", "run-1"), Row({"a": 6}, None, "failed", None, "run-2")]
    out = told(80, runs_table, rows, "two", 20, naming=BY_ID)
    assert "run-1" in out and "run-2 failed" in out and "01234567" not in out
    assert "▲ +3.00%" in told(80, runs_table, [rows[0]._replace(stats={"excess_return": 0.03})], "one", 20, ranked_by="excess_return")
    assert "failed" in told(80, runs_table, rows, "two", 20) and "01234567" in told(80, runs_table, rows, "two", 20)


def test_what_happened_in_the_morning_in_shanghai_was_told_of_the_day_before() -> None:
    morning = datetime(2026, 11, 21, 23, 15, tzinfo=UTC)
    assert (minute(morning), day(morning)) == ("2026-11-22 07:15", "2026-11-22")
