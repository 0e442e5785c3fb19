"""A dry run warns of steps with too few calls, and states the remedy."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Move
from rollout.dry_run.traffic import Share, Traffic, format_low_traffic, format_unknown_traffic, recent_traffic
from rollout.judging.judge import judge
from rollout.lifecycle.decide import decide
from tests.samples import AT, ON_AWS, observation_of, policy, rollout

MINUTE = timedelta(minutes=1)
ONE_STEP = [{"percent": 10, "hold": "5m"}]


def calls(*counts: float | None):
    """Return the counts of consecutive minutes from AT; None is a minute without a datapoint."""
    return {AT + number * MINUTE: count for number, count in enumerate(counts) if count is not None}


def warning_of(per_minute: float, percent: float = 10, hold: int = 300, **changes: object) -> str | None:
    share = Share(name="Step 1", percent=percent, hold=hold)
    criteria = policy(steps=[{"percent": percent, "hold": hold}] if percent < 100 else "AllAtOnce", **changes)
    return format_low_traffic(share, criteria, Traffic(calls=per_minute, seconds=60), ON_AWS)


@pytest.mark.parametrize(
    ("points", "minutes", "per_minute"),
    [
        (calls(60, 60, 60), 3, 60),
        (calls(None, None, 60), 3, 60),
        (calls(60, None, None), 3, 20),
        (calls(0, 60), 2, 60),
        (calls(None, None, 60), 2, 60),
    ],
)
def test_traffic_counts_from_the_first_known_call(points, minutes, per_minute):
    assert recent_traffic(points, AT + minutes * MINUTE, ON_AWS).expected(60) == per_minute


@pytest.mark.parametrize("points", [calls(), calls(None), calls(0, 0)])
def test_traffic_without_calls_is_unknown(points):
    """P5."""
    assert recent_traffic(points, AT + 3 * MINUTE, ON_AWS) is None


@pytest.mark.parametrize(
    ("per_minute", "percent", "changes", "sentence"),
    [
        (167, 10, {}, None),
        (166, 10, {"hold": 301}, None),
        (100, 10, {}, "about 30 canary calls will be visible when it ends, because CloudWatch is 2m late, and min"),
        (100, 10, {}, "it is extended to about 7m in all. To pass as planned, hold it for 7m, or give it 17 %,"),
        (100, 10, {"hold": 120}, "about 0 canary calls will be visible when it ends"),
        (100, 10, {"hold": 120}, "hold it for 7m, or lower min_invocations."),
        (10, 90, {}, "hold it for 8m, or lower min_invocations."),
        (10, 100, {}, "hold it for 7m, or lower min_invocations."),
        (100, 10, {"interval": "5m"}, "it is extended to about 10m in all"),
        (
            1,
            10,
            {"on_inconclusive": "extend"},
            (
                "it needs about 9h, but max_extension allows 2h more than its hold, and then the step is extended until"
                " it has enough calls (on_inconclusive: extend)"
            ),
        ),
        (
            1,
            10,
            {},
            "the rollout continues without enough calls (on_inconclusive: promote)",
        ),
        (1, 10, {"on_inconclusive": "roll_back"}, "the canary is rolled back (on_inconclusive: roll_back)"),
        (
            1,
            10,
            {"on_inconclusive": "hand_over"},
            "the rollout is handed over to an operator (on_inconclusive: hand_over)",
        ),
        (100, 10, {"max_extension": 60}, "it needs about 7m, but max_extension allows 1m more than its hold"),
    ],
)
def test_warning_states_the_numbers_and_the_remedy(per_minute, percent, changes, sentence):
    warning = warning_of(per_minute, percent, **changes)
    assert (warning is None) if sentence is None else (sentence in str(warning))


@pytest.mark.parametrize(("canary_calls", "minutes"), [(17, 5), (16, 6), (10, 7), (6, 11), (2, 27)])
def test_warning_predicts_the_length_of_a_step(canary_calls, minutes):
    """The shipped judge and decision, with an evaluation per minute of steady traffic, take as long."""
    started = rollout(policy=policy(steps=ONE_STEP))
    warning = warning_of(10 * canary_calls)
    assert (f"{minutes}m in all" in str(warning)) is (minutes > 5)
    assert _minutes_in_step(started, canary_calls) == minutes


def _minutes_in_step(started, canary_calls):
    """Return the minute of the evaluation that ends a step with this many canary calls per minute."""
    for minute in range(1, 60):
        counts = [(canary_calls, 0, 9 * canary_calls, 0)] * max(minute - 2, 0)
        observation = observation_of(*counts, closed_until=AT + max(minute - 2, 0) * MINUTE)
        if decide(started, judge(observation, started.policy), AT + minute * MINUTE, ON_AWS).next_move is not Move.WAIT:
            return minute
    return None


def test_warning_of_unknown_traffic_states_the_ending_of_a_step_without_calls():
    """P5."""
    warning = format_unknown_traffic(policy(on_inconclusive="roll_back"), "my-api:live")
    assert "no recent calls of my-api:live" in warning
    assert "each step needs 50 canary calls" in warning
    assert "at most 2h (max_extension), and then the canary is rolled back (on_inconclusive: roll_back)" in warning
