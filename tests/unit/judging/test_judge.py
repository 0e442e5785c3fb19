"""A verdict rests on proof: unhealthy by the evidence or a ceiling, healthy only with enough calls."""

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.judging.ceilings import BY_CHANCE, FEW_CALLS, stable_rate_at_canary_calls
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from rollout.policy.policy import Policy
from rollout.state.judgement import Judgement
from tests.samples import AT, observation_of, policy
from tests.unit.evidence.test_combined import counts

policies = st.builds(
    policy,
    false_rollback_percent=st.floats(0.001, 50),
    min_invocations=st.integers(1, 3000),
    guards=st.builds(lambda ceiling: {"max_error_percent": ceiling}, st.none() | st.floats(0.01, 100)),
)
observations = st.builds(
    lambda served, phase, skipped, before: observation_of(
        *served,
        phase=phase,
        step_since=AT.replace(minute=skipped),
        history=(Counts(calls=before, bad=before // 3),) * 20,
    ),
    st.lists(counts(), max_size=8),
    st.sampled_from(Phase),
    st.integers(0, 9),
    st.integers(0, 99),
)


@pytest.mark.parametrize("calls", [0, 1, 49])
@pytest.mark.parametrize("phase", Phase)
def test_canary_with_too_few_calls_is_never_healthy(calls, phase):
    """P5."""
    assert judge(observation_of((calls, 0, 900, 0), phase=phase), policy()).verdict is Verdict.INCONCLUSIVE


def test_calls_of_an_earlier_step_do_not_count():
    """P5."""
    judgement = judge(observation_of((999, 0, 900, 0), (49, 0, 900, 0), step_since=AT.replace(minute=1)), policy())
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason.startswith("49 calls on the canary in this step, 50 needed, about 2s more at this rate; ")


def test_open_minute_can_be_unhealthy():
    judgement = judge(observation_of((60, 60, 540, 0), closed_until=AT), policy())
    assert judgement.verdict is Verdict.UNHEALTHY


def test_open_minute_is_never_healthy():
    """P5."""
    judgement = judge(observation_of((40, 0, 90, 0), (999, 0, 90, 0), closed_until=AT.replace(minute=1)), policy())
    assert judgement.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("counted", [(100, 0, 900, 0), (100, 1, 900, 9), (50, 0, 0, 0), (1000, 0, 9000, 400)])
def test_canary_as_good_as_stable_is_healthy(counted):
    assert judge(observation_of(counted), policy()).verdict is Verdict.HEALTHY


@pytest.mark.parametrize("counted", [(1203, 41, 10870, 12), (30, 12, 970, 0), (100, 100, 900, 450)])
def test_canary_that_fails_more_often_is_unhealthy_by_the_evidence(counted):
    judgement = judge(observation_of(counted), policy(guards={"max_error_percent": None}))
    assert judgement.verdict is Verdict.UNHEALTHY
    assert judgement.evidence >= judgement.evidence_limit == 100


def test_evidence_of_an_earlier_step_still_counts():
    assert (
        judge(observation_of((500, 90, 500, 0), step_since=AT.replace(minute=5)), policy()).verdict is Verdict.UNHEALTHY
    )


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        ((100, 30, 0, 0), Verdict.UNHEALTHY),
        ((1000, 120, 0, 0), Verdict.UNHEALTHY),
        ((100, 6, 0, 0), Verdict.INCONCLUSIVE),
        ((100, 5, 0, 0), Verdict.HEALTHY),
        ((100, 6, 900, 54), Verdict.HEALTHY),
        ((100, 6, 900, 45), Verdict.INCONCLUSIVE),
        ((49, 49, 0, 0), Verdict.UNHEALTHY),
        ((4, 4, 0, 0), Verdict.UNHEALTHY),
        ((3, 3, 0, 0), Verdict.INCONCLUSIVE),
    ],
)
def test_ceiling_decides_unless_stable_is_above_it_too(counted, verdict):
    """A fix for a failing stable version must pass; a rate that chance explains is neither a fault nor health."""
    assert judge(observation_of(counted), policy(guards={"max_error_percent": 5})).verdict is verdict


def test_late_outage_of_both_versions_is_healthy():
    """The canary serves most of its calls late and stable early, so their totals would blame the canary."""
    early, late = [(60, 0, 5940, 6)] * 12, [(3000, 900, 3000, 900)] * 3
    judgement = judge(observation_of(*early, *late), policy())
    assert judgement.canary.bad_percent > 5 > judgement.stable.bad_percent
    assert judgement.verdict is Verdict.HEALTHY


@pytest.mark.parametrize(
    ("stable_errors", "verdict"), [(1, Verdict.UNHEALTHY), (9, Verdict.UNHEALTHY), (90, Verdict.HEALTHY)]
)
def test_ceiling_in_the_bake_is_compared_with_stables_history(stable_errors, verdict):
    history = (Counts(calls=900, bad=stable_errors),) * 60
    bake = observation_of((100, 30, 0, 0), phase=Phase.BAKE, history=history)
    assert judge(bake, policy()).verdict is verdict


def is_above_ceiling(observation: Observation, criteria: Policy) -> bool:
    """Return whether the canary is above its ceiling for errors, and stable is not."""
    series, ceiling = observation.calls, criteria.guards.max_error_percent
    if ceiling is None or series.canary.bad_percent <= ceiling:
        return False
    if series.stable.calls:
        return 100 * stable_rate_at_canary_calls(series.minutes) <= ceiling
    before = series.before
    mean = before.calls * ceiling / 100
    fewer = math.fsum(math.exp(-mean) * mean**count / math.factorial(count) for count in range(before.bad))
    return before.bad_percent <= ceiling or (before.calls < FEW_CALLS and 1 - fewer > BY_CHANCE)


TOO_FEW_CALLS = observation_of((49, 0, 900, 0))
ABOVE_CEILING_WITHOUT_PROOF = observation_of((100, 6, 0, 0))


@given(observations, policies)
@example(TOO_FEW_CALLS, policy())
@example(ABOVE_CEILING_WITHOUT_PROOF, policy())
def test_every_verdict_is_justified(observation, criteria):
    """P5, for all inputs: only proof is unhealthy, and only enough calls below the ceiling are healthy."""
    judgement = judge(observation, criteria)
    has_enough_calls = observation.in_step().calls >= criteria.min_invocations
    is_above = is_above_ceiling(observation, criteria)
    match judgement.verdict:
        case Verdict.UNHEALTHY:
            assert is_above or judgement.evidence >= judgement.evidence_limit * (1 - 1e-9)
        case Verdict.HEALTHY:
            assert has_enough_calls
            assert not is_above
            assert judgement.evidence <= judgement.evidence_limit
        case Verdict.INCONCLUSIVE:
            assert not has_enough_calls or is_above
            assert judgement.evidence <= judgement.evidence_limit
    assert judgement.reason
    assert (
        Judgement.model_validate(json.loads(json.dumps(judgement.model_dump(mode="json"), allow_nan=False)))
        == judgement
    )


@pytest.mark.parametrize(
    ("observation", "has_enough_calls", "is_above"),
    [
        (TOO_FEW_CALLS, False, False),
        (ABOVE_CEILING_WITHOUT_PROOF, True, True),
        (observation_of((49, 9, 0, 0)), False, True),
    ],
)
def test_inconclusive_verdict_has_too_few_calls_or_an_unproved_breach(observation, has_enough_calls, is_above):
    """P5: each of the two is enough."""
    assert judge(observation, policy()).verdict is Verdict.INCONCLUSIVE
    assert (observation.in_step().calls >= policy().min_invocations) is has_enough_calls
    assert is_above_ceiling(observation, policy()) is is_above


@pytest.mark.parametrize(
    ("observation", "is_above"),
    [
        (TOO_FEW_CALLS, False),
        (observation_of((49, 9, 0, 0)), False),
        (ABOVE_CEILING_WITHOUT_PROOF, True),
        (observation_of((100, 0, 0, 0)), False),
        (observation_of((100, 90, 0, 0)), False),
    ],
)
def test_judgement_tells_a_breach_without_proof_from_too_few_calls(observation, is_above):
    assert judge(observation, policy()).is_above_ceiling is is_above


@pytest.mark.parametrize("calls", [50, 100])
def test_enough_calls_below_the_ceiling_are_healthy(calls):
    """The other side of inconclusive: enough calls and no breach."""
    assert judge(observation_of((calls, calls // 20, 0, 0)), policy()).verdict is Verdict.HEALTHY


@given(st.lists(st.integers(0, 5000), max_size=8), policies, st.sampled_from(Phase))
def test_canary_without_calls_is_inconclusive(stable_calls, criteria, phase):
    """P5."""
    silent = observation_of(*((0, 0, calls, calls // 2) for calls in stable_calls), phase=phase)
    assert judge(silent, criteria).verdict is Verdict.INCONCLUSIVE
