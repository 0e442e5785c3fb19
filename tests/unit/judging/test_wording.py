"""The reason of a judgement states the numbers of both versions and what is missing."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Phase, Verdict
from rollout.judging.judge import judge
from tests.samples import AT, observation_of, policy

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("phase", Phase)
def test_reason_reports_missing_datapoints(phase):
    """P5."""
    judgement = judge(observation_of(phase=phase), policy())
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert (
        "no datapoint for the canary in this step, 50 calls needed, and missing data never passes" in judgement.reason
    )


def test_reason_says_which_minutes_count_and_where_the_counts_are_instead():
    """P5: a reader sees 29 calls behind the sentence that the step has no datapoint."""
    observation = observation_of((9, 0, 90, 0), (0, 0, 90, 0), (20, 0, 90, 0), closed_until=AT + 2 * MINUTE)
    reason = judge(observation.model_copy(update={"step_since": AT + MINUTE}), policy()).reason
    assert reason.startswith(
        "no datapoint for the canary in this step, 50 calls needed, and missing data never passes; it counts the"
        " complete minutes from 2026-03-01T12:01Z, so far until 2026-03-01T12:02Z: of the canary's 29 calls since the"
        " first shift, 9 are of minutes before and 20 of later ones, which count when they are complete; errors: canary"
        " 0 of 29 calls"
    )


def test_reason_of_a_step_without_a_complete_minute_says_what_is_awaited():
    observation = observation_of((9, 0, 90, 0), (20, 0, 90, 0), closed_until=AT, phase=Phase.BAKE)
    reason = judge(observation.model_copy(update={"step_since": AT + MINUTE}), policy()).reason
    assert reason.startswith(
        "no minute of this step is complete yet, 50 calls needed; it counts the complete minutes from"
        " 2026-03-01T12:01Z: of the canary's 29 calls since the promotion, 9 are of minutes before and 20 of later"
        " ones, which count when they are complete; errors"
    )


@pytest.mark.parametrize(
    ("counted", "left"), [([(2, 0, 90, 0)], "24m"), ([(5, 0, 90, 0)] * 9, "60s"), ([(1, 0, 9, 0)] * 5, "45m")]
)
def test_reason_estimates_when_the_step_has_enough_calls(counted, left):
    assert f"50 needed, about {left} more at this rate; " in judge(observation_of(*counted), policy()).reason


def test_first_open_minute_is_not_reported_as_missing_data():
    judgement = judge(observation_of((9, 0, 90, 0), closed_until=AT), policy())
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason.startswith("no minute of this step is complete yet, 50 calls needed; ")


def test_reason_reports_a_ceiling_breach_without_proof():
    judgement = judge(observation_of((100, 6, 0, 0)), policy())
    assert judgement.reason.startswith(
        "the canary fails more often than max_error_percent (5 %) allows,"
        " but not by more than chance explains; errors: "
    )


@pytest.mark.parametrize(
    ("observation", "changes", "lead", "numbers"),
    [
        (
            observation_of((1203, 41, 10870, 12)),
            {},
            "the canary fails more often than stable; ",
            (
                "errors: canary 41 of 1,203 calls (3.4 %), "
                "stable 12 of 10,870 calls (0.11 %); evidence 1,510 against a limit of 100"
            ),
        ),
        (
            observation_of((100, 100, 0, 0)),
            {"false_rollback_percent": 0.001},
            "the canary fails more often than max_error_percent (5 %) allows; ",
            "errors: canary 100 of 100 calls (100 %), stable 0 calls; evidence 1 against a limit of 100,000",
        ),
        (
            observation_of((1000, 2, 9000, 200)),
            {},
            "",
            (
                "errors: canary 2 of 1,000 calls (0.2 %), "
                "stable 200 of 9,000 calls (2.2 %); evidence 0.65 against a limit of 100"
            ),
        ),
        (
            observation_of((100, 8, 900, 9)),
            {},
            "the canary fails more often than stable; ",
            "errors: canary 8 of 100 calls (8 %), stable 9 of 900 calls (1 %); evidence 103 against a limit of 100",
        ),
        (
            observation_of((100, 1, 900, 9), history=()),
            {},
            "",
            (
                "errors: canary 1 of 100 calls (1 %), stable 9 of 900 calls (1 %); evidence 0.63 against a limit of"
                " 100, with bursts assumed because stable has too little history to measure them"
            ),
        ),
        (
            observation_of((100, 1, 0, 0), phase=Phase.BAKE),
            {},
            "",
            (
                "errors since promotion: 1 of 100 calls (1 %); evidence 1.8 compared with stable's minutes before"
                " promotion, advisory"
            ),
        ),
    ],
)
def test_reason_states_both_versions_numbers(observation, changes, lead, numbers):
    assert judge(observation, policy(**changes)).reason == lead + numbers
