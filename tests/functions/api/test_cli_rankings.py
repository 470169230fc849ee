"""`lianghu data rankings`: by fields, returns and expressions, in every form of answer, and what is said to a careless user."""

import csv
import io
import json

import pytest

from datalake.lake import Lake
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import RankingSpec
from datalake.versions import resolve
from tests.functions.api.conftest import Run

DAY = "2024-06-03"


def ranked(lianghu: Run, *words: object) -> list[dict[str, object]]:
    """The places of the first session that is told."""
    code, out, err = lianghu("data", "rankings", *words, "--json")
    assert code == 0, err
    rows: list[dict[str, object]] = json.loads(out)["sessions"][0]["ranked"]
    return rows


def test_json_says_who_is_first_and_by_what(lianghu: Run, lake_url: str):
    code, out, _ = lianghu("data", "rankings", "amount", "--date", DAY, "--top", 3, "--boards", "star, main", "--json")
    told = json.loads(out)
    lake = Lake(lake_url)
    expected = ensure_ranking(lake, resolve(lake.store), RankingSpec.of("amount", 3, boards=["main", "star"])).ranked(20240603, 3)
    assert code == 0
    assert {name: told[name] for name in ("dataset", "by", "order", "boards")} == {
        "dataset": "sample:v1", "by": "amount", "order": "highest", "boards": ["main", "star"],
    }  # fmt: skip
    (session,) = told["sessions"]
    assert session["session"] == DAY
    assert [(row["place"], row["ts_code"], row["value"]) for row in session["ranked"]] == [
        (row.place, row.ts_code, row.value / 1000) for row in expected
    ]
    assert all(row["name"].startswith("样本") or "样本" in row["name"] for row in session["ranked"])


def test_csv_has_a_row_for_each_place_of_each_session(lianghu: Run):
    code, out, _ = lianghu("data", "rankings", "return_20", "--start", DAY, "--end", "2024-06-05", "--top", 4, "--lowest", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and [row["trade_date"] for row in rows] == [day for day in (DAY, "2024-06-04", "2024-06-05") for _ in range(4)]
    values = [float(row["value"]) for row in rows[:4]]
    assert values == sorted(values) and [row["place"] for row in rows[:4]] == ["1", "2", "3", "4"]


def test_the_table_says_the_newest_session_unless_told(lianghu: Run):
    code, out, _ = lianghu("data", "rankings", "total_mv", "--top", 2)
    assert code == 0 and "sample:v1 · 2024-12-31 · highest total_mv" in out and "ts_code" in out
    code, out, _ = lianghu("data", "rankings", "return_5", "--start", "2024-12-30", "--top", 2)
    assert code == 0 and "2024-12-30 to 2024-12-31" in out and out.count("2024-12-31") == 3 and out.count("%") == 4


def test_everybody_who_has_a_value_is_told_with_top_0(lianghu: Run):
    everybody = ranked(lianghu, "amount", "--date", DAY, "--top", 0)
    assert len(everybody) > 40
    assert everybody[:5] == ranked(lianghu, "amount", "--date", DAY, "--top", 5)


def test_a_long_table_is_cut_on_the_screen_and_says_so(lianghu: Run):
    code, _, err = lianghu("data", "rankings", "amount", "--start", "2024-06-03", "--end", "2024-07-03", "--top", 30)
    assert code == 0 and "the first 300 of" in err and "--csv" in err


def test_sessions_before_the_first_return_have_nobody(lianghu: Run):
    code, out, err = lianghu("data", "rankings", "return_250", "--start", "2018-01-02", "--end", "2018-03-01")
    assert code == 0 and "nobody has a value then" in out and "sessions have nobody" in err


def test_an_expression_ranks_like_the_field_that_it_names(lianghu: Run):
    by_field = [row["ts_code"] for row in ranked(lianghu, "amount", "--date", DAY, "--top", 10)]
    assert [row["ts_code"] for row in ranked(lianghu, "amount * 2", "--date", DAY, "--top", 10)] == by_field
    lowest = ranked(lianghu, "0 - amount", "--date", DAY, "--top", 10, "--lowest")
    assert [row["ts_code"] for row in lowest] == by_field


def test_an_expression_knows_warm_up_boards_and_facts(lianghu: Run):
    star = ranked(lianghu, "roc(close, 20) / natr(14)", "--date", DAY, "--top", 3, "--boards", "star")
    assert len(star) == 3 and all(str(row["ts_code"]).startswith("689") for row in star)
    funds = ranked(lianghu, "roc(close, 5)", "--date", DAY, "--boards", "fund")
    assert funds and all(str(row["ts_code"])[0] in "15" for row in funds)
    assert ranked(lianghu, "total_mv / pb", "--date", DAY, "--top", 3)
    oldest = ranked(lianghu, "listed_days", "--date", DAY, "--top", 3)
    assert len(oldest) == 3, "a name that only the language knows"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["amonut"], "did you mean 'amount'?"),
        (["return_251"], "return_1 to return_250"),
        (["index:009300.SH"], "expression"),
        (["roc(close, 20"], "expression: expected `,` or `)`"),
        (["roc(closse, 20)"], "did you mean 'close'?"),
        (["close > 3"], "this place needs a number"),
        ([""], "expression: is empty"),
        (["  "], "expression"),
        (["amount", "--boards", "main,strar"], "did you mean 'star'?"),
        (["amount", "--date", "2024-06-02"], "the one before is 2024-05-31"),
        (["amount", "--date", "2017-06-02"], "sample:v1 has 2018-01-02 to 2024-12-31"),
        (["amount", "--date", "2017-06-02"], "lies before the data"),
        (["amount", "--date", "9999-12-31"], "lies beyond the data"),
        (["amount", "--date", "2024-02-30"], "there is no day '2024-02-30'"),
        (["amount", "--date", "20240230"], "there is no day '20240230'"),
        (["amount", "--date", "2024-W23-1"], "a day is written like 2024-12-31"),
        (["amount", "--date", "tomorrow"], "a day is written like 2024-12-31"),
        (["amount", "--date", DAY, "--start", DAY], "leave one of them out"),
        (["amount", "--start", "2024-06-05", "--end", DAY], "exchange start and end"),
        (["amount", "--start", "2024-06-08", "--end", "2024-06-10"], "there is no session"),
        (["amount", "--start", "1999-06-08"], "lies before the data"),
        (["amount", "--dataset", "sample:v7"], "there is no dataset 'sample:v7'"),
        (["pe + nothing"], "unknown name 'nothing'"),
    ],
)
def test_a_careless_question_is_answered_in_words(lianghu: Run, words: list[str], told: str):
    code, out, err = lianghu("data", "rankings", *words)
    assert (code, out) == (2, "") and told in err, err


def test_standard_output_is_for_one_form(lianghu: Run):
    code, out, _ = lianghu("data", "rankings", "amount", "--json", "--csv")
    assert code == 2 and json.loads(out)["error"]["details"]["hint"] == "leave one"


def test_a_dataset_without_daily_bars_says_so(lianghu: Run, tmp_path, monkeypatch: pytest.MonkeyPatch):
    from functions.settings import settings

    calendar = tmp_path / "calendar.csv"
    calendar.write_text("exchange,cal_date,is_open,pretrade_date\nSSE,20200102,1,20191231\n")
    monkeypatch.setenv("LAKE_URL", (tmp_path / "other").as_uri())
    settings.cache_clear()
    assert lianghu("data", "import", "--table", "trade_cal", calendar)[0] == 0
    code, _, err = lianghu("data", "rankings", "amount")
    assert code == 2 and "has no daily bars to rank" in err


def test_a_figure_that_the_dataset_lacks_is_not_taken_for_a_strategy(lianghu: Run, tmp_path, monkeypatch: pytest.MonkeyPatch):
    from functions.settings import settings

    bars = tmp_path / "bars.csv"
    bars.write_text("ts_code,trade_date,open,high,low,close,pre_close,vol,amount\n600519.SH,20200102,10,11,9,10.5,10,1000,1050\n")
    monkeypatch.setenv("LAKE_URL", (tmp_path / "other").as_uri())
    settings.cache_clear()
    assert lianghu("data", "import", "--table", "bars_1d", bars)[0] == 0
    code, _, err = lianghu("data", "rankings", "total_mv")
    assert code == 2 and "import:v1 cannot rank by 'total_mv'" in err and "strategy" not in err
