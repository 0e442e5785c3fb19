"""Tests of the metrics of an ending: known values count, unknown ones are left out and never invented."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Outcome
from rollout.telemetry.catalog import CATALOG, Metric
from rollout.telemetry.ended import EndedRollout, ending_dimensions, ending_values
from tests.samples import AT

MINUTE = timedelta(minutes=1)
KNOWN = {
    "function": "my-api",
    "outcome": "promoted",
    "ended_at": AT + 40 * MINUTE,
    "began_at": AT,
    "published_at": AT - 5 * MINUTE,
    "promoted_at": AT + 25 * MINUTE,
    "evaluations": 37,
}


def values(**changes: object) -> dict[Metric, float]:
    return ending_values(EndedRollout.model_validate(KNOWN | changes))


def test_promotion_has_every_metric():
    """The lead time ends with the promotion, and not with the bake."""
    assert values() == {"RolloutsEnded": 1, "RolloutDuration": 2400, "LeadTime": 1800, "Evaluations": 37}


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.PROMOTED}))
def test_other_endings_have_no_lead_time(outcome):
    """A version that was rolled back in its bake did not arrive."""
    assert values(outcome=outcome).keys() == {"RolloutsEnded", "RolloutDuration", "Evaluations"}


@pytest.mark.parametrize(
    ("unknown", "metric"),
    [
        ("began_at", Metric.ROLLOUT_DURATION),
        ("published_at", Metric.LEAD_TIME),
        ("promoted_at", Metric.LEAD_TIME),
        ("evaluations", Metric.EVALUATIONS),
    ],
)
def test_unknown_value_is_left_out(unknown, metric):
    assert set(Metric) & values().keys() - values(**{unknown: None}).keys() == {metric}


@pytest.mark.parametrize(
    ("late", "metric"), [("began_at", Metric.ROLLOUT_DURATION), ("published_at", Metric.LEAD_TIME)]
)
def test_time_after_its_end_is_left_out(late, metric):
    """A pipeline's clock may be wrong, and a negative time would pull down every average."""
    assert metric not in values(**{late: AT + 60 * MINUTE})


@pytest.mark.parametrize("by_function", [True, False])
def test_dimensions_are_those_of_the_catalog(by_function):
    ended = EndedRollout.model_validate(KNOWN)
    sets = [*ending_dimensions(ended, by_function=by_function)]
    assert sets[0] == {"outcome": "promoted"}
    written = [{*each, "service"} for each in sets]
    known = [set(each) for each in CATALOG[Metric.ROLLOUTS_ENDED].dimension_sets]
    assert written == known[: 1 + by_function]
