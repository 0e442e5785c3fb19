"""Several metrics are heard together, and share one promise."""

import math

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Mode, Phase, Unit, Verdict
from rollout.evidence.series import Series
from rollout.judging.findings import together
from rollout.judging.judge import judge
from rollout.state.judgement import Finding
from tests.samples import AT, judgement, minutes, observation_of, policy, with_series

FINE, BAD = (100, 1, 900, 9), (100, 40, 900, 9)
QUIET = (Counts(calls=1000, bad=1),) * 60
SLOW = {"slow": {"over_ms": 800}}


def counted(*counts: tuple[int, int, int, int], **about: object) -> Series:
    return Series(minutes=minutes(*counts), history=QUIET).model_copy(update=about)


def finding(log_evidence: float) -> Finding:
    same = judgement()
    return Finding(
        metric="errors",
        kind="errors",
        mode=Mode.CRITICAL,
        canary=same.canary,
        stable=same.stable,
        log_evidence=log_evidence,
    )


def test_the_evidence_of_several_is_its_mean_so_that_they_share_one_limit():
    assert together([finding(math.log(200)), finding(math.log(2))]) == pytest.approx(math.log(101))
    assert together([finding(math.log(200))]) == pytest.approx(math.log(200))
    assert together([]) == 0


def test_a_slow_canary_is_taken_back_though_it_does_not_fail():
    found = judge(
        with_series(observation_of(FINE), slow=counted(BAD, title="slow (over 800 ms)")),
        policy(metrics=["errors", SLOW]),
    )
    assert found.verdict is Verdict.UNHEALTHY
    assert found.reason.startswith(
        "the canary is slow more often than stable; errors: canary 1 of 100 calls (1 %), stable 9 of 900 calls (1 %);"
        " evidence 0."
    )
    assert (
        "; slow (over 800 ms): canary 40 of 100 calls (40 %), stable 9 of 900 calls (1 %); evidence 10^" in found.reason
    )
    assert "; together 10^" in found.reason
    assert found.reason.endswith(" against a limit of 100")


def test_a_canary_with_more_of_ones_own_metric_is_taken_back_by_its_name():
    own = {"cloudwatch": {"namespace": "Shop", "name": "FailedCheckouts", "dimensions": {"V": "{version}"}}}
    found = judge(with_series(observation_of(FINE), FailedCheckouts=counted(BAD)), policy(metrics=["errors", own]))
    assert found.reason.startswith("the canary has more FailedCheckouts than stable; ")


def test_an_advisory_metric_is_told_and_does_not_decide():
    advised = policy(metrics=["errors", SLOW | {"mode": "advisory"}])
    found = judge(with_series(observation_of(FINE), slow=counted(BAD)), advised)
    assert found.verdict is Verdict.HEALTHY
    assert "; slow, advisory: canary 40 of 100 calls (40 %)" in found.reason
    assert (found.evidence < 1, found.findings[1].log_evidence > 10) == (True, True)


def test_a_muted_metric_is_not_heard_and_said_to_be_muted():
    found = judge(
        with_series(observation_of(FINE), slow=counted(BAD)), policy(metrics=["errors", SLOW], ignore=["slow"])
    )
    assert found.verdict is Verdict.HEALTHY
    assert found.reason.endswith("against a limit of 100; ignored: slow")


def test_a_critical_metric_that_has_counted_nothing_is_no_health():
    """P5."""
    note = "stable had no calls before the rollout to learn a limit from; state over_ms"
    found = judge(with_series(observation_of(FINE), slow=Series(note=note)), policy(metrics=["errors", "slow"]))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reason.startswith("slow: no datapoint for the canary in this step, 50 calls needed")
    assert f"; slow: {note}" in found.reason


def test_a_critical_metric_that_was_not_measured_is_no_health():
    """P5."""
    found = judge(observation_of(FINE), policy(metrics=["errors", "slow"]))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reason.startswith("slow: no datapoint for the canary in this step, 50 calls needed")
    assert (found.findings[1].canary, found.findings[1].log_evidence) == (Counts(), 0)


@pytest.mark.parametrize(
    ("slow", "lead"),
    [
        ((40, 0, 900, 0), "slow: 40 calls on the canary in this step, 50 needed, about 15s more at this rate; "),
        ((50, 0, 900, 0), "errors: "),
    ],
)
def test_every_critical_metric_needs_calls_enough(slow, lead):
    """P5."""
    found = judge(with_series(observation_of(FINE), slow=counted(slow)), policy(metrics=["errors", SLOW]))
    assert found.reason.startswith(lead)


@pytest.mark.parametrize(
    ("by_the_minute", "lead"),
    [
        ((0, 0, 1, 0), "slow: no datapoint for the canary in this step, 1 minutes needed, and silence is not health; "),
        ((1, 0, 1, 0), "errors: "),
    ],
)
def test_of_slow_minutes_one_is_needed(by_the_minute, lead):
    """P5."""
    slow = counted(by_the_minute, unit=Unit.MINUTES)
    assert judge(with_series(observation_of(FINE), slow=slow), policy(metrics=["errors", SLOW])).reason.startswith(lead)


def test_an_advisory_metric_that_has_counted_nothing_holds_nobody_up():
    advised = policy(metrics=["errors", SLOW | {"mode": "advisory"}])
    assert judge(with_series(observation_of(FINE), slow=Series()), advised).verdict is Verdict.HEALTHY


def test_slow_minutes_are_judged_where_slow_calls_cannot_be_counted():
    note = "by the minute, as CloudWatch counts no slow calls here"
    slow = Series(minutes=minutes(*[(1, 1, 1, 0)] * 12), history=(Counts(calls=1),) * 60, unit=Unit.MINUTES, note=note)
    found = judge(with_series(observation_of(*[FINE] * 12), slow=slow), policy(metrics=["errors", SLOW]))
    assert found.verdict is Verdict.UNHEALTHY
    assert "slow: canary 12 of 12 minutes (100 %), stable 0 of 12 minutes (0 %); evidence " in found.reason
    assert f"({note})" in found.reason


@pytest.mark.parametrize(
    ("slow", "verdict"),
    [((1000, 500, 9000, 90), Verdict.UNHEALTHY), ((1000, 210, 9000, 1890), Verdict.HEALTHY)],
)
def test_a_ceiling_on_slow_calls_holds_unless_stable_is_as_slow(slow, verdict):
    metrics_with_ceiling = policy(metrics=["errors", SLOW | {"mode": "critical"}], guards={"max_slow_percent": 20})
    assert judge(with_series(observation_of(FINE), slow=counted(slow)), metrics_with_ceiling).verdict is verdict


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        ((Counts(calls=1000, bad=1),) * 60, Verdict.UNHEALTHY),
        ((Counts(calls=1000, bad=300),) * 60, Verdict.HEALTHY),
    ],
)
def test_refused_calls_take_the_canary_back_unless_they_were_refused_before(phase, history, verdict):
    refused = Series(minutes=minutes((1000, 250, 0, 0)), history=history)
    found = judge(
        with_series(observation_of(FINE, phase=phase), throttles=refused), policy(metrics=["errors", "throttles"])
    )
    assert found.verdict is verdict
    assert "throttles: 250 of 1,000 calls (25 %) to the alias" in found.reason
    assert found.findings[1].log_evidence == 0
    if verdict is Verdict.UNHEALTHY:
        assert found.reason.startswith("the alias refuses more calls than throttles.max_percent 1 % allows; ")


def test_refused_calls_take_nothing_from_the_evidence_of_the_others():
    """They are held against a ceiling, not against stable, so they share no limit."""
    fine = counted((1000, 0, 0, 0))
    both = judge(with_series(observation_of(BAD), throttles=fine), policy(metrics=["errors", "throttles"]))
    assert both.evidence == judge(observation_of(BAD), policy()).evidence


def test_alarms_are_seen_without_counting():
    found = judge(observation_of(FINE), policy(metrics=["errors", {"alarm": "login"}], guards={"alarms": ["checkout"]}))
    assert [one.metric for one in found.findings] == ["errors"]


def test_bad_news_of_any_metric_is_taken_from_the_open_minute():
    open_minute = observation_of(FINE, closed_until=AT)
    found = judge(with_series(open_minute, slow=counted(BAD)), policy(metrics=["errors", SLOW]))
    assert found.verdict is Verdict.UNHEALTHY


@pytest.mark.parametrize(("mode", "verdict"), [("advisory", Verdict.HEALTHY), ("critical", Verdict.UNHEALTHY)])
def test_in_the_bake_the_comparison_decides_only_if_the_policy_says_so(mode, verdict):
    """With nothing beside the canary, a change of the world looks the same as a worse canary."""
    bake = observation_of(*[(1000, 30, 0, 0)] * 5, phase=Phase.BAKE)
    found = judge(bake, policy(bake_test=mode))
    assert found.verdict is verdict
    assert "errors since promotion: 150 of 5,000 calls (3 %); evidence 10^" in found.reason
    assert found.reason.endswith("advisory") is (verdict is Verdict.HEALTHY)
