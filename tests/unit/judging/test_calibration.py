"""The first evaluation sets the evidence limit from stable's own minutes; all later ones and the judgement keep it."""

from datetime import timedelta

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Unit, Verdict
from rollout.evidence.calibration.excess import FIRST, Excess
from rollout.evidence.series import Series
from rollout.judging import calibration
from rollout.judging.calibration import calibrate, planned_shares, seed_of, with_calibration
from rollout.judging.judge import judge
from rollout.judging.observation import observe
from rollout.judging.window import evaluation_window
from rollout.state.calibration import Calibration
from tests.samples import AT, ON_AWS, QUIET_HOUR, minutes, observation_of, policy, rollout

RAISED = Calibration(factor=4, metric="errors", level=10, exceeded=55, rollouts=100)
SERVED = (100, 8, 900, 9)
"""An evidence of 103."""
CLUMPS = (
    *(10, 93, 73, 214, 38, 52, 35, 33, 47, 11, 414, 186, 181, 3, 20),
    *(15, 51, 12, 45, 38, 17, 96, 0, 99, 46, 89, 252, 251, 33, 15),
)
CLUMPED = tuple(Counts(calls=6000, bad=bad) for bad in (*[0] * 30, *CLUMPS))
"""No error for half an hour, then clumps of 20 on average: the hour as a whole shows smaller ones."""
LADDER = [{"percent": percent, "hold": "6m"} for percent in (1, 5, 10, 25, 50)]
WITHOUT_CEILING = policy(guards={"max_error_percent": None})


def measured(**histories):
    return {name: Series(history=history) for name, history in ({"errors": QUIET_HOUR} | histories).items()}


@pytest.fixture
def excess_by_calls(monkeypatch):
    """Let the excess of a metric be its stable calls in a minute, and return the shares and seeds that it gets."""
    requested = []

    def measure(history, shares, seed, period_seconds, _):
        requested.append((shares, seed, period_seconds))
        return Excess(factor=history[0].calls, rollouts=100)

    monkeypatch.setattr(calibration, "measure_excess", measure)
    return requested


def test_errors_as_the_judge_expects_them_raise_nothing():
    found = calibrate(policy(), measured(), ON_AWS, "seed")
    assert (found.factor, found.metric, found.rollouts) == (1, "errors", FIRST)


@pytest.mark.parametrize("history", [(), QUIET_HOUR[:59]])
def test_too_little_history_raises_nothing(history):
    assert calibrate(policy(), measured(errors=history), ON_AWS, "seed") == Calibration(metric="errors", level=10)


def test_policy_without_steps_raises_nothing():
    assert not calibrate(policy(steps="AllAtOnce"), measured(), ON_AWS, "seed").is_raised
    assert [*planned_shares(policy(steps="AllAtOnce"), ON_AWS)] == []


def test_shares_are_those_of_each_minute_to_come():
    assert [*planned_shares(policy(), ON_AWS)] == [0.1] * 5 + [0.5] * 5


def test_critical_metric_with_the_largest_factor_counts(excess_by_calls):
    metrics = [
        "errors",
        {"slow": {"over_ms": 800}},
        {"logs": {"pattern": "ERROR"}, "mode": "advisory"},
        {"throttles": {}},
    ]
    histories = {"errors": 2, "slow": 3, "logs": 50, "throttles": 50}
    found = calibrate(
        policy(metrics=metrics),
        measured(**{name: (Counts(calls=calls),) * 60 for name, calls in histories.items()}),
        ON_AWS,
        "seed",
    )
    assert (found.metric, found.factor) == ("slow", 3)
    assert {(seed, seconds) for _, seed, seconds in excess_by_calls} == {("seed errors", 60), ("seed slow", 60)}


@pytest.mark.parametrize(("metrics", "each"), [(1, 100), (5, 100), (6, 83), (20, 25)])
def test_many_critical_metrics_share_the_time_of_a_task(metrics, each):
    """Twenty metrics of 100 rollouts would take longer than the task may, and a healthy canary would be rolled back."""
    names = [f"metric-{number}" for number in range(metrics)]
    custom = [
        {"cloudwatch": {"namespace": "Shop", "name": name, "dimensions": {"Version": "{version}"}}} for name in names
    ]
    histories = {metric.name: CLUMPED for metric in policy(metrics=custom).active_metrics}
    found = calibrate(policy(metrics=custom, steps=LADDER), measured(**histories), ON_AWS, "seed")
    assert (found.is_raised, found.rollouts) == (True, each)


def test_metric_counted_by_the_minute_is_not_calibrated(excess_by_calls):
    by_minute = {"errors": Series(history=(Counts(calls=1),) * 60, unit=Unit.MINUTES)}
    assert calibrate(policy(), by_minute, ON_AWS, "seed") == Calibration()
    assert excess_by_calls == []


def test_first_evaluation_calibrates_and_later_ones_keep_it(excess_by_calls):
    """P4: a task that is repeated finds the calibration in the document, or the same one again."""
    begun = rollout()
    first = with_calibration(begun, measured(), ON_AWS)
    assert first.calibration.factor == 1000
    assert with_calibration(begun, measured(), ON_AWS) == first
    other = measured(errors=(Counts(calls=7),) * 60)
    requested = len(excess_by_calls)
    assert with_calibration(first, other, ON_AWS) == first
    assert len(excess_by_calls) == requested


def test_bake_reads_only_minutes_before_the_first_shift(excess_by_calls):
    """A rollout of an earlier release reaches its first calibration in the bake."""
    bake = Series(history=(Counts(calls=9),) * 60, before_promotion=Series(history=(Counts(calls=5),) * 60))
    assert calibrate(policy(), {"errors": bake}, ON_AWS, "seed").factor == 5


def test_draws_differ_between_versions_and_not_between_executions():
    assert seed_of(rollout()) == seed_of(rollout(execution=rollout().execution.model_copy(update={"name": "other"})))
    assert seed_of(rollout()) != seed_of(rollout(canary_version="5"))


@pytest.mark.parametrize(("found", "verdict", "limit"), [(Calibration(), "unhealthy", 100), (RAISED, "healthy", 400)])
def test_evidence_between_both_limits_decides_only_against_the_lower(found, verdict, limit):
    window = evaluation_window(AT, AT, AT + timedelta(minutes=3), ON_AWS)
    series = {"errors": Series(minutes=minutes(SERVED), history=QUIET_HOUR)}
    judgement = judge(observe(rollout(calibration=found), series, window, ON_AWS), WITHOUT_CEILING)
    assert (judgement.verdict, judgement.evidence_limit) == (verdict, limit)
    assert 100 < judgement.evidence < 400


def test_judgement_states_why_the_limit_is_raised():
    judgement = judge(observation_of(SERVED, calibration=RAISED), WITHOUT_CEILING)
    assert judgement.verdict is Verdict.HEALTHY
    assert judgement.reason.endswith(
        "; evidence 103 against a limit of 400, raised from 100 because errors of this function come in clumps: 55 of"
        " 100 rollouts made of its own minutes exceeded 10"
    )


def test_canary_that_fails_every_call_is_found_at_a_raised_limit():
    assert judge(observation_of((100, 100, 900, 9), calibration=RAISED), policy()).verdict is Verdict.UNHEALTHY
