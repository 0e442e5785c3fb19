"""A forecast states which faults a rollout would find at its evidence limit, and which not."""

import pytest

from rollout.auto import forecast as module
from rollout.auto.forecast import NEVER, forecast
from rollout.domain.counts import Counts
from rollout.evidence.series import Series
from rollout.state.calibration import Calibration
from tests.samples import ON_AWS, QUIET_HOUR, policy, rollout

MEASURED = {"errors": Series(history=QUIET_HOUR)}


def found_after(calls=1000.0, measured=MEASURED, **changes):
    """Return when each fault would be found, by its percentage of failed calls."""
    return {
        fault.error_percent: fault.found_after for fault in forecast(rollout(**changes), measured, calls, ON_AWS).faults
    }


def test_forecast_has_four_faults_from_the_smallest():
    shown = forecast(rollout(), MEASURED, 1000.0, ON_AWS)
    assert [fault.fault for fault in shown.faults] == [
        "fails 5 times as often as stable",
        "fails 1 % of its calls more than stable",
        "fails 10 % of its calls more than stable",
        "fails every call",
    ]
    assert [fault.error_percent for fault in shown.faults] == [0.5, 1.1, 10.1, 100]
    assert not shown.calibration.is_raised


def test_larger_faults_are_found_sooner():
    minutes = [int(duration.removesuffix("m")) for duration in found_after(calls=6000.0).values()]
    assert minutes == sorted(minutes, reverse=True)
    assert minutes[0] > minutes[-1]


def test_faults_that_the_traffic_does_not_show_are_not_found():
    assert found_after(calls=10.0)[0.5] == NEVER


def test_faults_are_unknown_without_traffic():
    assert found_after(calls=None) == {}


@pytest.mark.parametrize(
    ("history", "percents"),
    [((Counts(calls=1000),) * 60, [1, 10, 100]), ((Counts(calls=100, bad=95),) * 60, [96, 100]), ((), [1, 10, 100])],
)
def test_faults_are_possible_shares_of_calls(history, percents):
    assert [*found_after(measured={"errors": Series(history=history)})] == percents


def test_raised_limit_finds_faults_later(monkeypatch):
    usual = found_after()
    raised = Calibration(factor=100, metric="errors", level=10, exceeded=100, rollouts=100)
    monkeypatch.setattr(module, "calibrate", lambda *_: raised)
    later = found_after()
    assert forecast(rollout(), MEASURED, 1000.0, ON_AWS).calibration == raised
    assert later[1.1] != usual[1.1]
    assert all(_minutes(later[percent]) >= _minutes(usual[percent]) for percent in usual)


def _minutes(duration):
    return 10**6 if duration == NEVER else int(duration.removesuffix("m"))


def test_policy_of_the_rollout_is_the_one_that_is_forecast():
    longer = policy(steps=[{"percent": 10, "hold": "30m"}, {"percent": 50, "hold": "30m"}])
    assert found_after(calls=200.0)[1.1] == NEVER != found_after(calls=200.0, policy=longer)[1.1]
