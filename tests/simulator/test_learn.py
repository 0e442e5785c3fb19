"""A load is learned from recorded minutes of stable, and the report says what they show."""

from pathlib import Path

import pytest

from simulator.bursts.shape import INDEPENDENT, Clumps
from simulator.files import InvalidInputError
from simulator.simulate.learn import learn
from simulator.simulate.load import TYPICAL, Load

COLUMNS = "start,canary_calls,canary_errors,stable_calls,stable_errors"
GIVEN = Load(calls_per_minute=7, error_percent=9, regression=3, slow_percent=4)


@pytest.fixture
def recording(write_file):
    """Write a recording: for each minute stable's bad calls of 1,000, or a whole row."""

    def write(minutes: list[int | str], columns: str = COLUMNS) -> Path:
        cells = (f",,1000,{minute}" if isinstance(minute, int) else minute for minute in minutes)
        rows = [f"2026-03-01T{n // 60:02}:{n % 60:02}:00Z,{cell}" for n, cell in enumerate(cells) if cell]
        return write_file("shop.csv", "\n".join([columns, *rows]) + "\n")

    return write


def test_calls_errors_and_bursts_are_learned_and_the_rest_is_kept(recording):
    path = recording([0, 0, 0, 12, 0, 0, 0, 0, 9, 0] * 6)
    learned = learn(path, GIVEN)
    assert (learned.load.calls_per_minute, learned.load.error_percent) == (1000, 0.21)
    assert isinstance(learned.load.bursts, Clumps)
    assert 6 < learned.load.bursts.mean < 16
    assert (learned.load.regression, learned.load.slow_percent) == (3, 4)
    assert learned.sentence.startswith(
        f"{path} has 60 minutes of stable: 1,000 calls a minute; 0.21 % fail, in clumps of "
    )


def test_sentence_names_the_correlation_that_explains_the_minutes_as_well(recording):
    learned = learn(recording([4, 12, 5, 6, 20, 3, 8, 9, 15, 2] * 4), GIVEN)
    clumps = f"in clumps of {learned.load.bursts.mean:g} calls on average"
    assert learned.sentence.endswith(f"{clumps}; a correlation of 0.0025 explains them as well.")


def test_steady_errors_are_independent(recording):
    learned = learn(recording([5, 6, 4, 5, 7] * 8), GIVEN)
    assert learned.load.bursts == INDEPENDENT
    assert learned.sentence.endswith("0.54 % fail, independently.")


def test_history_without_failed_calls_keeps_the_bursts(recording):
    learned = learn(recording([0] * 30), GIVEN)
    assert (learned.load.error_percent, learned.load.bursts) == (0, TYPICAL)
    assert learned.sentence.endswith("none fails, so the bursts stay in bursts (correlation 0.002).")


def test_calls_of_both_versions_and_minutes_without_a_row_make_the_volume(recording):
    learned = learn(recording([1] * 40 + ["500,400,500,1"] * 10 + [""] * 49 + [1]), GIVEN)
    assert learned.load.calls_per_minute == 510
    assert learned.load.error_percent == pytest.approx(0.111)


def test_slow_calls_are_learned_if_they_were_recorded(recording):
    rows = [",,1000,1,,25"] * 40
    learned = learn(recording(rows, f"{COLUMNS},canary_slow,stable_slow"), GIVEN)
    assert learned.load.slow_percent == 2.5
    assert "; 0.1 % fail and 2.5 % are slow, " in learned.sentence


def test_recording_that_is_too_short_is_refused(recording):
    path = recording([1] * 29)
    with pytest.raises(InvalidInputError, match=r"has 29 minutes with calls of stable, and 30 are needed .* give --c"):
        learn(path, GIVEN)
