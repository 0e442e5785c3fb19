"""A judgement is honest about what it knows, and says it with both versions' numbers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.evidence.series import Series
from rollout.judging.judge import judge
from rollout.judging.observation import observe
from rollout.judging.window import evaluation_window
from rollout.state.judgement import Judgement
from tests.samples import AT, ON_AWS, minutes, observation_of, policy, rollout
from tests.unit.evidence.test_combined import counts

policies = st.builds(
    policy,
    false_rollback_percent=st.floats(0.001, 50),
    min_invocations=st.integers(1, 3000),
    guards=st.builds(lambda ceiling: {"max_error_percent": ceiling}, st.none() | st.floats(0.01, 100)),
)
observations = st.builds(
    lambda found, phase, skipped, before: observation_of(
        *found,
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
def test_a_quiet_canary_is_never_called_healthy(calls, phase):
    """P5."""
    assert judge(observation_of((calls, 0, 900, 0), phase=phase), policy()).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("phase", Phase)
def test_silence_is_said_to_be_silence(phase):
    """P5."""
    found = judge(observation_of(phase=phase), policy())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "no datapoint for the canary in this step, 50 calls needed, and silence is not health" in found.reason


def test_calls_of_an_earlier_step_do_not_count_for_this_one():
    """P5."""
    found = judge(observation_of((999, 0, 900, 0), (49, 0, 900, 0), step_since=AT.replace(minute=1)), policy())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reason.startswith("49 calls on the canary in this step, 50 needed, about 2s more at this rate; ")


@pytest.mark.parametrize(
    ("counted", "left"), [([(2, 0, 90, 0)], "24m"), ([(5, 0, 90, 0)] * 9, "60s"), ([(1, 0, 9, 0)] * 5, "45m")]
)
def test_a_thin_step_says_when_it_will_have_calls_enough(counted, left):
    assert f"50 needed, about {left} more at this rate; " in judge(observation_of(*counted), policy()).reason


def test_before_the_first_minute_is_complete_nobody_speaks_of_silence():
    found = judge(observation_of((9, 0, 90, 0), closed_until=AT), policy())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reason.startswith("no minute of this step is complete yet, 50 calls needed; ")


def test_bad_news_is_taken_from_the_open_minute():
    found = judge(observation_of((60, 60, 540, 0), closed_until=AT), policy())
    assert found.verdict is Verdict.UNHEALTHY


def test_good_news_is_not_taken_from_the_open_minute():
    """P5."""
    found = judge(observation_of((40, 0, 90, 0), (999, 0, 90, 0), closed_until=AT.replace(minute=1)), policy())
    assert found.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("counted", [(100, 0, 900, 0), (100, 1, 900, 9), (50, 0, 0, 0), (1000, 0, 9000, 400)])
def test_a_canary_as_good_as_stable_is_healthy(counted):
    assert judge(observation_of(counted), policy()).verdict is Verdict.HEALTHY


@pytest.mark.parametrize("counted", [(1203, 41, 10870, 12), (30, 12, 970, 0), (100, 100, 900, 450)])
def test_a_canary_that_fails_more_often_is_unhealthy_on_the_evidence(counted):
    found = judge(observation_of(counted), policy(guards={"max_error_percent": None}))
    assert found.verdict is Verdict.UNHEALTHY
    assert found.evidence >= found.evidence_limit == 100


def test_evidence_of_an_earlier_step_still_speaks():
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
        ((49, 49, 0, 0), Verdict.INCONCLUSIVE),
    ],
)
def test_a_ceiling_holds_unless_stable_burns_too(counted, verdict):
    """A fix for a burning stable must get through; what chance explains is neither a fault nor health."""
    assert judge(observation_of(counted), policy(guards={"max_error_percent": 5})).verdict is verdict


def test_a_canary_above_its_ceiling_by_what_chance_explains_is_said_to_be():
    found = judge(observation_of((100, 6, 0, 0)), policy())
    assert found.reason.startswith(
        "the canary fails more than max_error_percent 5 % allows, though not yet more than chance explains; errors: "
    )


def test_a_late_outage_of_both_versions_is_not_the_canarys():
    """It serves most of its calls late and stable early, so the totals alone would blame it."""
    advance_early, late = [(60, 0, 5940, 6)] * 12, [(3000, 900, 3000, 900)] * 3
    found = judge(observation_of(*advance_early, *late), policy())
    assert found.canary.bad_percent > 5 > found.stable.bad_percent
    assert found.verdict is Verdict.HEALTHY


@pytest.mark.parametrize(
    ("stable_errors", "verdict"), [(1, Verdict.UNHEALTHY), (9, Verdict.UNHEALTHY), (90, Verdict.HEALTHY)]
)
def test_the_ceiling_of_the_bake_remembers_how_stable_was(stable_errors, verdict):
    history = (Counts(calls=900, bad=stable_errors),) * 60
    bake = observation_of((100, 30, 0, 0), phase=Phase.BAKE, history=history)
    assert judge(bake, policy()).verdict is verdict


@pytest.mark.parametrize(
    ("found", "changes", "lead", "numbers"),
    [
        (
            observation_of((1203, 41, 10870, 12)),
            {},
            "the canary fails more often than stable; ",
            (
                "errors: canary 41 of 1,203 calls (3.4 %), "
                "stable 12 of 10,870 calls (0.11 %); evidence 10^29 against a limit of 100"
            ),
        ),
        (
            observation_of((100, 100, 0, 0)),
            {"false_rollback_percent": 0.001},
            "the canary fails more than max_error_percent 5 % allows; ",
            "errors: canary 100 of 100 calls (100 %), stable 0 calls; evidence 1 against a limit of 100,000",
        ),
        (
            observation_of((1000, 2, 9000, 200)),
            {},
            "",
            (
                "errors: canary 2 of 1,000 calls (0.2 %), "
                "stable 200 of 9,000 calls (2.2 %); evidence 0.11 against a limit of 100"
            ),
        ),
        (
            observation_of((100, 8, 900, 9)),
            {},
            "the canary fails more often than stable; ",
            "errors: canary 8 of 100 calls (8 %), stable 9 of 900 calls (1 %); evidence 239 against a limit of 100",
        ),
        (
            observation_of((100, 1, 900, 9), history=()),
            {},
            "",
            (
                "errors: canary 1 of 100 calls (1 %), stable 9 of 900 calls (1 %); evidence 0.65 against a limit of"
                " 100, with bursts assumed, as stable has too little history to know them by"
            ),
        ),
        (
            observation_of((100, 1, 0, 0), phase=Phase.BAKE),
            {},
            "",
            "errors since promotion: 1 of 100 calls (1 %); evidence 2 by stable's minutes before, advisory",
        ),
    ],
)
def test_a_judgement_says_both_numbers(found, changes, lead, numbers):
    assert judge(found, policy(**changes)).reason == lead + numbers


def test_a_step_is_marked_off_by_its_first_whole_minute():
    stepped = rollout(step_started_at=AT.replace(minute=1, second=30))
    window = evaluation_window(AT, AT, AT.replace(minute=6), ON_AWS)
    found = observe(stepped, {"errors": Series(minutes=minutes(*[(10, 0, 90, 0)] * 4))}, window, ON_AWS)
    assert found.in_step() == Counts(calls=20)
    assert found.calls.canary == Counts(calls=40)


@given(observations, policies)
def test_every_judgement_is_honest(found, written):
    """P5, over the whole input space: proof for unhealthy, calls enough for healthy, and nothing else."""
    judged = judge(found, written)
    ceiling = written.guards.max_error_percent
    is_over = ceiling is not None and judged.canary.bad_percent > ceiling
    match judged.verdict:
        case Verdict.UNHEALTHY:
            assert is_over or judged.evidence >= judged.evidence_limit * (1 - 1e-9)
        case Verdict.HEALTHY:
            assert found.in_step().calls >= written.min_invocations
            assert judged.evidence <= judged.evidence_limit
        case Verdict.INCONCLUSIVE:
            assert found.in_step().calls < written.min_invocations
    assert judged.reason
    assert Judgement.model_validate(json.loads(json.dumps(judged.model_dump(mode="json"), allow_nan=False))) == judged


@given(st.lists(st.integers(0, 5000), max_size=8), policies, st.sampled_from(Phase))
def test_without_calls_on_the_canary_there_is_no_verdict(stable_calls, written, phase):
    """P5."""
    silent = observation_of(*((0, 0, calls, calls // 2) for calls in stable_calls), phase=phase)
    assert judge(silent, written).verdict is Verdict.INCONCLUSIVE
