"""An alarm that turns red decides; an alarm that was red before does not block the release that fixes it."""

import pytest

from rollout.domain.enums import AlarmState, Verdict
from rollout.domain.errors import UnknownAlarmError
from rollout.judging.alarms import format_alarms, red_alarms, still_red, turned_red, unknown_alarms
from rollout.judging.judge import judge
from tests.samples import observation_of, policy

RED, GREEN, NO_DATA, MISSING = AlarmState.ALARM, AlarmState.OK, AlarmState.INSUFFICIENT_DATA, AlarmState.MISSING
FINE = (100, 1, 900, 9)
WATCHING = policy(guards={"alarms": ["checkout", "login"]})


def test_alarm_that_turns_red_makes_a_good_canary_unhealthy():
    judgement = judge(observation_of(FINE, alarms={"checkout": RED, "login": GREEN}), WATCHING)
    assert judgement.verdict is Verdict.UNHEALTHY
    assert judgement.reason.startswith("alarm checkout turned red during the rollout; errors: canary 1 of 100")


def test_reason_names_every_alarm_that_turned_red():
    judgement = judge(observation_of(FINE, alarms={"checkout": RED, "login": RED}), WATCHING)
    assert judgement.reason.startswith("alarm checkout, login turned red during the rollout; ")


def test_alarm_red_before_the_rollout_is_reported_and_does_not_decide():
    judgement = judge(observation_of(FINE, alarms={"checkout": RED}, red_before=("checkout",)), WATCHING)
    assert judgement.verdict is Verdict.HEALTHY
    assert judgement.reason.endswith("; alarm checkout was red before the rollout and does not decide")


def test_alarm_red_before_decides_after_it_was_green():
    after_green = still_red(("checkout",), {"checkout": GREEN})
    assert turned_red(after_green, {"checkout": RED}, WATCHING.alarms) == ("checkout",)


@pytest.mark.parametrize("state", [NO_DATA, MISSING])
def test_alarm_without_a_state_is_reported_to_guard_nothing(state):
    """P5: it neither passes nor fails a canary."""
    judgement = judge(observation_of(FINE, alarms={"checkout": state}), WATCHING)
    assert judgement.verdict is Verdict.HEALTHY
    assert judgement.reason.endswith("guards nothing")


@pytest.mark.parametrize(
    ("without_data", "remark"),
    [
        (
            ("checkout",),
            "; alarm checkout is OK without a datapoint in the 3h before the rollout and may guard nothing",
        ),
        (("login",), ""),
    ],
)
def test_ok_alarm_without_a_datapoint_is_reported_to_guard_nothing(without_data, remark):
    """P5: an alarm that treats missing data as good is OK without any."""
    judgement = judge(observation_of(FINE, alarms={"checkout": GREEN}, alarms_without_data=without_data), WATCHING)
    assert judgement.verdict is Verdict.HEALTHY
    assert judgement.reason.partition("limit of 100")[2] == remark


def test_advisory_alarm_is_reported_and_does_not_decide():
    criteria = policy(metrics=["errors", {"alarm": "checkout", "mode": "advisory"}])
    judgement = judge(observation_of(FINE, alarms={"checkout": RED}), criteria)
    assert judgement.verdict is Verdict.HEALTHY
    assert judgement.reason.endswith("; alarm checkout turned red but is advisory")


def test_green_alarms_are_not_mentioned():
    assert format_alarms((), {"checkout": GREEN}, WATCHING.alarms) == ""
    assert red_alarms({"checkout": GREEN, "login": RED}) == ("login",)


def test_unknown_alarm_is_refused_by_name():
    (refusal,) = unknown_alarms({"nowhere": MISSING, "checkout": GREEN})
    assert isinstance(refusal, UnknownAlarmError)
    assert "The policy names the alarm nowhere, which does not exist in this account and region" in str(refusal)
