"""Several metrics are judged together and share one promise."""

import math

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Mode, Phase, Unit, Verdict
from rollout.evidence.series import Series
from rollout.judging.findings import combined_log_evidence
from rollout.judging.judge import judge
from rollout.state.judgement import Finding
from tests.samples import AT, minutes, observation_of, policy, with_series

FINE, BAD = (100, 1, 900, 9), (100, 40, 900, 9)
QUIET = (Counts(calls=1000, bad=1),) * 60
SLOW = {"slow": {"over_ms": 800}}


def counted(*counts: tuple[int, int, int, int], **changes: object) -> Series:
    return Series(minutes=minutes(*counts), history=QUIET).model_copy(update=changes)


def finding(log_evidence: float) -> Finding:
    return Finding(
        metric="errors",
        kind="errors",
        mode=Mode.CRITICAL,
        canary=Counts(calls=100, bad=1),
        stable=Counts(calls=900, bad=9),
        log_evidence=log_evidence,
    )


def test_combined_evidence_is_the_mean_of_all_findings():
    assert combined_log_evidence([finding(math.log(200)), finding(math.log(2))]) == pytest.approx(math.log(101))
    assert combined_log_evidence([finding(math.log(200))]) == pytest.approx(math.log(200))
    assert combined_log_evidence([]) == 0


def test_slow_canary_without_errors_is_unhealthy():
    judgement = judge(
        with_series(observation_of(FINE), slow=counted(BAD, title="slow (over 800 ms)")),
        policy(metrics=["errors", SLOW]),
    )
    assert judgement.verdict is Verdict.UNHEALTHY
    assert judgement.reason.startswith(
        "the canary is slow more often than stable; errors: canary 1 of 100 calls (1 %), stable 9 of 900 calls (1 %);"
        " evidence 0."
    )
    assert (
        "; slow (over 800 ms): canary 40 of 100 calls (40 %), stable 9 of 900 calls (1 %); evidence 2,044"
        in judgement.reason
    )
    assert "; combined evidence 1,022 against" in judgement.reason
    assert judgement.reason.endswith(" against a limit of 100")


def test_reason_names_the_custom_metric_that_is_worse():
    custom = {"cloudwatch": {"namespace": "Shop", "name": "FailedCheckouts", "dimensions": {"V": "{version}"}}}
    judgement = judge(
        with_series(observation_of(FINE), FailedCheckouts=counted(BAD)), policy(metrics=["errors", custom])
    )
    assert judgement.reason.startswith("the canary has more FailedCheckouts than stable; ")


def test_advisory_metric_is_reported_and_does_not_decide():
    criteria = policy(metrics=["errors", SLOW | {"mode": "advisory"}])
    judgement = judge(with_series(observation_of(FINE), slow=counted(BAD)), criteria)
    assert judgement.verdict is Verdict.HEALTHY
    assert "; slow, advisory: canary 40 of 100 calls (40 %)" in judgement.reason
    assert (judgement.evidence < 1, judgement.findings[1].log_evidence > math.log(1000)) == (True, True)


def test_ignored_metric_is_not_judged_and_is_reported():
    judgement = judge(
        with_series(observation_of(FINE), slow=counted(BAD)), policy(metrics=["errors", SLOW], ignore=["slow"])
    )
    assert judgement.verdict is Verdict.HEALTHY
    assert judgement.reason.endswith("against a limit of 100; ignored: slow")


def test_critical_metric_without_counts_is_inconclusive():
    """P5."""
    note = "stable had no calls before the rollout, so there is no limit: set over_ms in the policy"
    judgement = judge(with_series(observation_of(FINE), slow=Series(note=note)), policy(metrics=["errors", "slow"]))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason.startswith("slow: no datapoint for the canary in this step, 50 calls needed")
    assert f"; slow: {note}" in judgement.reason


def test_unmeasured_critical_metric_is_inconclusive():
    """P5."""
    judgement = judge(observation_of(FINE), policy(metrics=["errors", "slow"]))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason.startswith("slow: no datapoint for the canary in this step, 50 calls needed")
    assert (judgement.findings[1].canary, judgement.findings[1].log_evidence) == (Counts(), 0)


@pytest.mark.parametrize(
    ("slow", "lead"),
    [
        ((40, 0, 900, 0), "slow: 40 calls on the canary in this step, 50 needed, about 15s more at this rate; "),
        ((50, 0, 900, 0), "errors: "),
    ],
)
def test_every_critical_metric_needs_min_invocations(slow, lead):
    """P5."""
    judgement = judge(with_series(observation_of(FINE), slow=counted(slow)), policy(metrics=["errors", SLOW]))
    assert judgement.reason.startswith(lead)


@pytest.mark.parametrize(
    ("slow_minutes", "lead"),
    [
        (
            (0, 0, 1, 0),
            "slow: no datapoint for the canary in this step, 1 minutes needed, and missing data never passes; ",
        ),
        ((1, 0, 1, 0), "errors: "),
    ],
)
def test_metric_counted_by_the_minute_needs_one_minute(slow_minutes, lead):
    """P5."""
    slow = counted(slow_minutes, unit=Unit.MINUTES)
    assert judge(with_series(observation_of(FINE), slow=slow), policy(metrics=["errors", SLOW])).reason.startswith(lead)


def test_advisory_metric_without_counts_does_not_prevent_health():
    criteria = policy(metrics=["errors", SLOW | {"mode": "advisory"}])
    assert judge(with_series(observation_of(FINE), slow=Series()), criteria).verdict is Verdict.HEALTHY


def test_slow_minutes_are_judged_if_slow_calls_cannot_be_counted():
    note = "counted by the minute, because CloudWatch cannot count slow calls here"
    slow = Series(minutes=minutes(*[(1, 1, 1, 0)] * 12), history=(Counts(calls=1),) * 60, unit=Unit.MINUTES, note=note)
    judgement = judge(with_series(observation_of(*[FINE] * 12), slow=slow), policy(metrics=["errors", SLOW]))
    assert judgement.verdict is Verdict.UNHEALTHY
    assert "slow: canary 12 of 12 minutes (100 %), stable 0 of 12 minutes (0 %); evidence " in judgement.reason
    assert f"({note})" in judgement.reason


@pytest.mark.parametrize(
    ("slow", "verdict"),
    [((1000, 500, 9000, 90), Verdict.UNHEALTHY), ((1000, 210, 9000, 1890), Verdict.HEALTHY)],
)
def test_ceiling_on_slow_calls_decides_unless_stable_is_as_slow(slow, verdict):
    criteria = policy(metrics=["errors", SLOW | {"mode": "critical"}], guards={"max_slow_percent": 20})
    assert judge(with_series(observation_of(FINE), slow=counted(slow)), criteria).verdict is verdict


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        ((Counts(calls=1000, bad=1),) * 60, Verdict.UNHEALTHY),
        ((Counts(calls=1000, bad=300),) * 60, Verdict.HEALTHY),
    ],
)
def test_refused_calls_are_unhealthy_unless_calls_were_refused_before(phase, history, verdict):
    refused = Series(minutes=minutes((1000, 250, 0, 0)), history=history)
    judgement = judge(
        with_series(observation_of(FINE, phase=phase), throttles=refused), policy(metrics=["errors", "throttles"])
    )
    assert judgement.verdict is verdict
    assert "throttles: 250 of 1,000 calls (25 %) to the alias" in judgement.reason
    assert judgement.findings[1].log_evidence == 0
    if verdict is Verdict.UNHEALTHY:
        assert judgement.reason.startswith("the alias refuses more calls than throttles.max_percent (1 %) allows; ")


def test_refused_calls_do_not_share_the_evidence_limit():
    """They are compared with a ceiling, not with stable."""
    fine = counted((1000, 0, 0, 0))
    both = judge(with_series(observation_of(BAD), throttles=fine), policy(metrics=["errors", "throttles"]))
    assert both.evidence == judge(observation_of(BAD), policy()).evidence


def test_alarms_have_no_findings():
    judgement = judge(
        observation_of(FINE), policy(metrics=["errors", {"alarm": "login"}], guards={"alarms": ["checkout"]})
    )
    assert [finding.metric for finding in judgement.findings] == ["errors"]


def test_open_minute_of_any_metric_can_be_unhealthy():
    open_minute = observation_of(FINE, closed_until=AT)
    judgement = judge(with_series(open_minute, slow=counted(BAD)), policy(metrics=["errors", SLOW]))
    assert judgement.verdict is Verdict.UNHEALTHY


@pytest.mark.parametrize(("mode", "verdict"), [("advisory", Verdict.HEALTHY), ("critical", Verdict.UNHEALTHY)])
def test_comparison_in_the_bake_decides_only_if_the_policy_says_so(mode, verdict):
    """Without stable beside the canary, an outage looks like a worse canary."""
    bake = observation_of(*[(1000, 30, 0, 0)] * 5, phase=Phase.BAKE)
    judgement = judge(bake, policy(bake_test=mode))
    assert judgement.verdict is verdict
    assert "errors since promotion: 150 of 5,000 calls (3 %); evidence 10^" in judgement.reason
    assert judgement.reason.endswith("advisory") is (verdict is Verdict.HEALTHY)
