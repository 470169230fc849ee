"""What is missing follows from a wish, what is known and the calendar; nothing is read."""

from datalake.interfaces import INTERFACES
from datalake.upstream.wanted import Answer, Key, Known, Task, Wish, by_session, missing, outlook

SESSIONS = (20231228, 20231229, 20240102, 20240103, 20240104, 20240131, 20240201, 20240229, 20240301)
TODAY = 20240201
ONE_INDEX = ("000300.SH",)
BY_DAY = {row.name for row in INTERFACES.values() if row.by == "day"}


def wish(**changes) -> Wish:
    return Wish(**{"start": 20240102, "end": 20240103, "indices": ONE_INDEX} | changes)


def calendars(through: int = TODAY) -> dict[Key, Answer]:
    return {("trade_cal", "SSE_2024"): Answer(through, 366)}


def days(*sessions: int, names: set[str] = BY_DAY) -> dict[Key, Answer]:
    return {(name, str(day)): Answer(day, 10) for day in sessions for name in names}


def parts(tasks: list[Task], interface: str) -> list[str]:
    return [task.part for task in tasks if task.interface == interface]


def through(tasks: list[Task], interface: str) -> dict[str, int]:
    return {task.part: task.through for task in tasks if task.interface == interface}


def test_the_calendar_comes_first():
    nothing = Known({}, ())
    assert missing(wish(), nothing, TODAY) == [Task("trade_cal", "SSE_2024", TODAY)]
    assert missing(wish(start=20221201), nothing, TODAY) == [
        Task("trade_cal", "SSE_2022", 20221231),
        Task("trade_cal", "SSE_2023", 20231231),
        Task("trade_cal", "SSE_2024", TODAY),
    ]
    assert missing(wish(end=20301231), nothing, TODAY) == [Task("trade_cal", "SSE_2024", TODAY)], "no year that has not begun"


def test_a_year_that_goes_on_is_asked_for_on_every_day():
    known = Known(calendars(through=20240131), SESSIONS)
    assert missing(wish(), known, TODAY) == [Task("trade_cal", "SSE_2024", TODAY, 366)]
    assert missing(wish(), known, 20240131)[0].interface == "daily"
    assert missing(wish(), Known(calendars(through=20241231), SESSIONS), 20250605)[0].interface == "daily", "a past year is done"


def test_then_come_the_sessions_each_with_its_bars_first():
    tasks = missing(wish(), Known(calendars(), SESSIONS), TODAY)
    lots = by_session(tasks)
    assert [{task.part for task in lot} for lot in lots] == [{"20240102"}, {"20240103"}]
    assert [lot[0].interface for lot in lots] == ["daily", "daily"]
    assert [{task.interface for task in lot} for lot in lots] == [BY_DAY, BY_DAY]
    assert {task.through for task in lots[0]} == {20240102}


def test_a_session_without_bars_is_not_asked_about_further():
    tried = {("daily", "20240103")}
    tasks = missing(wish(), Known(calendars() | days(20240102), SESSIONS), TODAY, tried)
    assert "20240103" not in {task.part for task in tasks}
    assert through(tasks, "stock_basic") == dict.fromkeys(("L", "D", "P"), 20240102), "what grows knows what is out"


def test_sessions_that_are_there_get_what_they_lack_also_outside_the_wish():
    """An interface became allowed, or is new to the program."""
    known = Known(calendars() | days(20231229, 20240102, 20240103, names=BY_DAY - {"dividend"}), SESSIONS)
    tasks = missing(wish(), known, TODAY)
    assert [(task.interface, task.part) for task in tasks] == [("dividend", "20231229"), ("dividend", "20240102"), ("dividend", "20240103")]
    assert {task.interface for task in missing(wish(), known, TODAY, barred={"dividend"})}.isdisjoint(BY_DAY)


def test_only_the_interfaces_of_the_wish_are_asked():
    known = Known(calendars() | days(20240102, names={"daily"}), SESSIONS)
    only = wish(interfaces=frozenset({"adj_factor"}))
    assert missing(only, known, TODAY) == [Task("adj_factor", "20240102", 20240102)]
    assert missing(only, Known(calendars(), SESSIONS), TODAY) == [], "no session is out, and bars are not wished for"
    assert parts(missing(only, Known({}, ()), TODAY), "trade_cal") == ["SSE_2024"]


def growing(known: Known, **changes) -> list[Task]:
    return missing(wish(**changes), known, TODAY)


def test_lists_indices_and_members_come_when_no_session_lacks_anything():
    tasks = growing(Known(calendars() | days(20240102, 20240103), SESSIONS))
    assert {task.interface for task in tasks} == {
        "stock_basic", "fund_basic", "index_member_all", "namechange", "index_daily", "index_weight",
    }  # fmt: skip
    assert through(tasks, "namechange") == {"all": 20240103}
    assert through(tasks, "index_daily") == {"000300.SH_2024": 20240103}
    assert through(tasks, "index_weight") == {"000300.SH_202312": 20231231, "000300.SH_202401": 20240103}, (
        "the list before holds until then"
    )


def test_a_period_whose_last_session_is_out_is_done_whatever_weekend_is_to_come():
    out = Known(calendars() | days(20240131), SESSIONS)  # as if it were the month's last session on a Wednesday, 20240229 a Thursday
    tasks = growing(out, start=20240131, end=20240131)
    assert through(tasks, "index_weight")["000300.SH_202401"] == 20240131
    march = Known(calendars() | days(20240229), (*SESSIONS[:-1], 20240401))
    tasks = missing(wish(start=20240229, end=20240331), march, 20240331)
    assert through(tasks, "trade_cal") == {"SSE_2024": 20240331}
    answers = march.answers | calendars(20240331)
    assert through(missing(wish(start=20240229, end=20240331), Known(answers, march.sessions), 20240331), "index_weight") == {
        "000300.SH_202401": 20240131,
        "000300.SH_202402": 20240229,
    }


def everything(tasks: list[Task], known: Known) -> Known:
    return Known({**known.answers, **{task.key: Answer(task.through, 5) for task in tasks}}, known.sessions)


def test_what_grows_is_asked_again_when_another_session_is_out():
    known = Known(calendars() | days(20240102, 20240103), SESSIONS)
    done = everything(growing(known), known)
    assert growing(done) == []
    later = Known({**done.answers, **days(20240104)}, SESSIONS)
    tasks = growing(later, end=20240104)
    assert through(tasks, "index_weight") == {"000300.SH_202401": 20240104}
    assert {task.before for task in tasks} == {5}
    assert len(tasks) == 3 + 3 + 1 + 1 + 1 + 1


def test_the_month_before_january_is_in_another_year():
    tasks = growing(Known(calendars() | days(20240102), SESSIONS), end=20240102)
    assert parts(tasks, "index_weight") == ["000300.SH_202312", "000300.SH_202401"]


def test_an_index_that_is_there_is_kept_up_beside_those_that_are_wished_for():
    known = Known({**calendars(), **days(20240102), ("index_daily", "399006.SZ_2024"): Answer(20240102, 1)}, SESSIONS)
    tasks = growing(known, end=20240102)
    assert parts(tasks, "index_daily") == ["000300.SH_2024"]
    assert [part[:9] for part in parts(tasks, "index_weight")] == ["000300.SH", "000300.SH", "399006.SZ", "399006.SZ"]


def test_minutes_come_by_month_for_the_codes_and_days_of_the_wish():
    asked = {"minutes": ("600519.SH", "000001.SZ"), "frequencies": ("5m", "1m"), "end": 20240201}
    known = Known(calendars() | days(20231229, *SESSIONS[2:7]), SESSIONS)
    tasks = growing(known, **asked)
    assert parts(tasks, "stk_mins")[:4] == ["600519.SH_5m_202401", "600519.SH_1m_202401", "000001.SZ_5m_202401", "000001.SZ_1m_202401"]
    assert len(parts(tasks, "stk_mins")) == 8
    assert set(through(tasks, "stk_mins").values()) == {20240131, 20240201}


def test_newest_sessions_and_a_range_are_fetched_again_once():
    known = Known(calendars() | days(20240102, 20240103, 20240104), SESSIONS)
    known = everything(growing(known, end=20240104), known)
    tasks = growing(known, end=20240104, again=2)
    assert {task.part for task in tasks} == {"20240103", "20240104"} and len(tasks) == 2 * len(BY_DAY)
    assert {task.before for task in tasks} == {10}
    asked = {task.key for task in tasks}
    then = missing(wish(end=20240104, again=2), known, TODAY, asked)
    assert {task.key for task in then} == {("index_daily", "000300.SH_2024"), ("index_weight", "000300.SH_202401")}
    asked |= {task.key for task in then}
    assert missing(wish(end=20240104, again=2), known, TODAY, asked) == []
    range_ = growing(known, end=20240104, refetch=(20240101, 20240102))
    assert {task.part for task in range_} == {"20240102"}


def test_an_answer_never_knows_less_than_the_one_before():
    known = Known({**calendars(), **days(20240102), ("index_daily", "000300.SH_2024"): Answer(20240201, 20)}, SESSIONS)
    tasks = growing(known, end=20240102, again=1)
    assert {
        task.through for task in missing(wish(end=20240102, again=1), known, TODAY, {task.key for task in tasks}) if "daily" in task[0]
    } == {20240201}


def test_the_outlook_counts_every_stage():
    known = Known(calendars(), SESSIONS)
    assert outlook(wish(), known, TODAY) == 2 * len(BY_DAY) + 3 + 3 + 1 + 1 + 1 + 2
    assert outlook(wish(again=1), known, TODAY) == 2 * len(BY_DAY) + 3 + 3 + 1 + 1 + 1 + 2, "what is new is not asked for twice"
