"""A step that will not get enough calls is told before the rollout begins, with what to do."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Move
from rollout.dry_run.traffic import Share, Traffic, format_low_traffic, format_unknown_traffic, traffic
from rollout.judging.judge import judge
from rollout.lifecycle.decide import decide
from tests.samples import AT, ON_AWS, observation_of, policy, rollout

MINUTE = timedelta(minutes=1)
ONE_STEP = [{"percent": 10, "hold": "5m"}]


def calls(*counts: float | None):
    """Return a count for each minute from AT; None where there is no datapoint."""
    return {AT + number * MINUTE: count for number, count in enumerate(counts) if count is not None}


def warned(per_minute: float, percent: float = 10, hold: int = 300, **changes: object) -> str | None:
    share = Share(name="Step 1", percent=percent, hold=hold)
    written = policy(steps=[{"percent": percent, "hold": hold}] if percent < 100 else "AllAtOnce", **changes)
    return format_low_traffic(share, written, Traffic(calls=per_minute, seconds=60), ON_AWS)


@pytest.mark.parametrize(
    ("found", "minutes", "per_minute"),
    [
        (calls(60, 60, 60), 3, 60),
        (calls(None, None, 60), 3, 60),
        (calls(60, None, None), 3, 20),
        (calls(0, 60), 2, 60),
        (calls(None, None, 60), 2, 60),
    ],
)
def test_traffic_is_what_came_since_the_first_call_that_is_known(found, minutes, per_minute):
    assert traffic(found, AT + minutes * MINUTE, ON_AWS).expected(60) == per_minute


@pytest.mark.parametrize("found", [calls(), calls(None), calls(0, 0)])
def test_silence_says_nothing_of_the_traffic_to_come(found):
    """P5."""
    assert traffic(found, AT + 3 * MINUTE, ON_AWS) is None


@pytest.mark.parametrize(
    ("per_minute", "percent", "changes", "said"),
    [
        (167, 10, {}, None),
        (166, 10, {"hold": 301}, None),
        (100, 10, {}, "about 30 will be told by its end, as CloudWatch is 2m late, and min_invocations is 50;"),
        (100, 10, {}, "it is held on, to about 7m in all. To pass as planned, hold it for 7m, or give it 17 %,"),
        (100, 10, {"hold": 120}, "about 0 will be told by its end"),
        (100, 10, {"hold": 120}, "hold it for 7m, or lower min_invocations."),
        (10, 90, {}, "hold it for 8m, or lower min_invocations."),
        (10, 100, {}, "hold it for 7m, or lower min_invocations."),
        (100, 10, {"interval": "5m"}, "to about 10m in all"),
        (
            1,
            10,
            {},
            "it would take about 9h, and after max_extension 2h more, on_inconclusive being extend, it is held on",
        ),
        (1, 10, {"on_inconclusive": "promote"}, "on_inconclusive being promote, the rollout goes on without them"),
        (1, 10, {"on_inconclusive": "roll_back"}, "the canary is taken back"),
        (1, 10, {"on_inconclusive": "hand_over"}, "it is left to a person"),
        (100, 10, {"max_extension": 60}, "it would take about 7m, and after max_extension 1m more"),
    ],
)
def test_a_thin_step_is_told_with_its_numbers_and_the_remedy(per_minute, percent, changes, said):
    told = warned(per_minute, percent, **changes)
    assert (told is None) if said is None else (said in str(told))


@pytest.mark.parametrize(("canary_calls", "minutes"), [(17, 5), (16, 6), (10, 7), (6, 11), (2, 27)])
def test_a_step_lasts_as_long_as_foretold(canary_calls, minutes):
    """The shipped judge and the shipped decision, looking every minute at a steady traffic."""
    begun = rollout(policy=policy(steps=ONE_STEP))
    told = warned(10 * canary_calls)
    assert (f"{minutes}m in all" in str(told)) is (minutes > 5)
    assert _lasted(begun, canary_calls) == minutes


def _lasted(begun, canary_calls):
    """Return the minute of the look that moves on from a step in which the canary has so many calls a minute."""
    for minute in range(1, 60):
        counts = [(canary_calls, 0, 9 * canary_calls, 0)] * max(minute - 2, 0)
        looked = observation_of(*counts, closed_until=AT + max(minute - 2, 0) * MINUTE)
        if decide(begun, judge(looked, begun.policy), AT + minute * MINUTE, ON_AWS).next_move is not Move.WAIT:
            return minute
    return None


def test_unknown_traffic_is_told_with_what_becomes_of_a_step_without_calls():
    """P5."""
    told = format_unknown_traffic(policy(on_inconclusive="roll_back"), "my-api:live")
    assert "no calls of my-api:live" in told
    assert "needs 50 of the canary's" in told
    assert "at most 2h (max_extension), and then, on_inconclusive being roll_back, the canary is taken back" in told
