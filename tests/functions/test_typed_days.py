"""Days as they are typed: both ways of writing one, in every command."""

import pytest

from functions.commands.failures import CommandError
from functions.commands.inputs import Where, typed_day


@pytest.mark.parametrize("typed", ["2024-02-29", "20240229"])
def test_a_day_is_taken_with_hyphens_and_without(typed: str):
    assert typed_day("--start", typed) == 20240229
    window = Where(start=typed, end=typed).context("", "")["window"]
    assert window == {"start": "2024-02-29", "end": "2024-02-29"}


@pytest.mark.parametrize(
    "typed", ["", "20230229", "2023-02-29", "2024-W01-2", "2024/02/29", "2024-0229", "202402290", "２０２４０２２９", "00000000"]
)
def test_what_is_no_day_is_refused_with_its_option(typed: str):
    with pytest.raises(CommandError, match="--date: there is no day") as refused:
        typed_day("--date", typed)
    assert "2024-12-31" in str(refused.value.hint)


def test_a_window_that_is_no_day_goes_on_as_it_was_typed():
    """Who reads the context says what is wrong with it."""
    assert Where(start="2024/1/2").context("", "2024-12-31")["window"] == {"start": "2024/1/2", "end": "2024-12-31"}
