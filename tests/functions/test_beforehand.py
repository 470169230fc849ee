"""What a context says before anything is computed, in a line each."""

from functions.commands.beforehand import told_beforehand


def test_nothing_is_said_where_all_is_there() -> None:
    assert list(told_beforehand({"universe": ["600000.SH"]})) == []


def test_the_first_few_codes_are_named_with_their_reasons_and_the_others_counted() -> None:
    gone = [{"code": f"60000{number}.SH", "reason": "delisted", "date": "2019-08-01"} for number in range(6)]
    later = {"code": "000001.SZ", "reason": "listed_later", "date": "2023-02-01"}
    (words,) = told_beforehand({"cannot_trade": [later, *gone]})
    assert words.en.startswith("Cannot be traded in the window: 000001.SZ (listed on 2023-02-01), 600000.SH (delisted on 2019-08-01), ")
    assert words.en.endswith("600003.SH (delisted on 2019-08-01), 7 in all")
    assert words.zh.startswith("区间内不能交易：000001.SZ（2023-02-01 才上市）、600000.SH（2019-08-01 已退市）、") and words.zh.endswith(
        "已退市）等 7 只"
    )


def test_a_short_warm_up_is_said_with_its_figures() -> None:
    (words,) = told_beforehand({"warm_up": {"wanted": 250, "got": 12}})
    assert words.en == "Bars before the window: 250 may be needed, the data have 12"
    assert words.zh == "指标最多需要区间前 250 根K线，数据只有 12 根"
