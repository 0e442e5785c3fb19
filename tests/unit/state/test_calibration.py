"""A calibration states the evidence limit of a rollout, and why it is raised."""

import pytest

from rollout.state.calibration import Calibration


@pytest.mark.parametrize(
    ("factor", "limit", "expected"),
    [
        (1, 100, 100),
        (1, 66.67, 66.67),
        (2.42, 100, 250),
        (3.999, 100, 400),
        (1.1, 100, 110),
        (100, 100_000, 10**7),
        (3.5, 2, 7),
    ],
)
def test_raised_limit_is_rounded_up_to_two_digits(factor, limit, expected):
    assert Calibration(factor=factor).applied_to(limit) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("metric", "subject"),
    [("errors", "errors of this function"), ("slow", "bad calls of the metric slow of this function")],
)
def test_reason_names_the_metric_and_both_limits(metric, subject):
    raised = Calibration(factor=2.42, metric=metric, level=10, exceeded=35, rollouts=100)
    assert raised.format(100) == (
        f"raised from 100 because {subject} come in clumps: 35 of 100 rollouts made of its own minutes exceeded 10"
    )


def test_limit_that_is_not_raised_needs_no_reason():
    assert Calibration(factor=1, metric="errors", level=10, exceeded=2, rollouts=30).format(100) == ""
