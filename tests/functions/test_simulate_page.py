"""docs/cost.md says of scale what the simulation says: whole tables where that is quick, else their first rows."""

from bench.scale_page import CROWDS, LARGE, MARKED, PAGE, TABLES, broken, crowd, large, late, renewed
from functions.scale.breaking import LIMITS

TEXT = PAGE.read_text()
FOUND = {mark[2]: mark[3].strip().splitlines() for mark in MARKED.finditer(TEXT)}


def test_each_table_is_there_once() -> None:
    assert sorted(mark[2] for mark in MARKED.finditer(TEXT)) == sorted(TABLES)
    assert renewed(TEXT, FOUND) == TEXT


def test_what_breaks_first_with_a_hundred_people() -> None:
    """A limit that a hundred people do not reach is reached by more on the page, or by nobody."""
    users = (10, 20, 50, 100)
    small, page = (_by_limit(rows) for rows in (broken(users), FOUND["breaking"]))
    assert set(small) == set(page) == {limit.about for limit in LIMITS}
    for about, (there_is, *told) in small.items():
        assert page[about][0] == there_is
        for here, there in zip(told[:2], page[about][1:3], strict=True):
            assert here == there if here[0].isdigit() else there.startswith("not") or int(there.replace(",", "")) > users[-1]


def test_the_first_rows_of_crowds() -> None:
    assert FOUND["crowd"][:4] == crowd(CROWDS[:2])
    assert len(FOUND["crowd"]) == 2 + len(CROWDS)


def test_the_first_rows_of_ten_million_combinations() -> None:
    assert FOUND["large"][:4] == large(LARGE[:2])
    assert len(FOUND["large"]) == 2 + len(LARGE)


def test_what_second_attempts_bring() -> None:
    assert FOUND["late"] == late()


def _by_limit(rows: list[str]) -> dict[str, list[str]]:
    cells = [row.strip("| ").split(" | ") for row in rows[2:]]
    return {about: rest for about, *rest in cells}
