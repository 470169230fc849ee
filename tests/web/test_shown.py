"""What compares the pages' figures with the API's must itself be right."""

import pytest

from tests.web.shown import read, says


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("▲+12.34%", 0.12341), ("▼−3.40%", -0.0340), ("1.23 亿", 123_400_000), ("−4,567.00 万", -45_670_012), ("2024-01-02", 20240102),
        ("1,234", 1234), ("0.00", -0.0001), ("–", None), ("123.00M", 123_000_000), ("1.05样本不足", 1.0512),
    ],
)  # fmt: skip
def test_a_figure_says_its_value(text: str, value: float | None) -> None:
    assert says(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12.34%", 0.1235), ("3.40%", -0.034), ("1.23 亿", 12_340_000), ("2024-01-02", 20240103), ("–", 0.0), ("0.00", None), ("1,234", 1235)],
)
def test_another_value_is_seen(text: str, value: float | None) -> None:
    assert not says(text, value)


def test_words_are_no_figure() -> None:
    with pytest.raises(ValueError, match="no figure"):
        read("样本不足")
