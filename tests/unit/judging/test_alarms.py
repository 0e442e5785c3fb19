"""An alarm that turns red decides; one that was red before does not block the release that mends it."""

import pytest

from rollout.domain.enums import AlarmState, Verdict
from rollout.domain.errors import UnknownAlarmError
from rollout.judging.alarms import format_alarms, red_alarms, still_red, turned_red, unknown_alarms
from rollout.judging.judge import judge
from tests.samples import observation_of, policy

RED, GREEN, NO_DATA, MISSING = AlarmState.ALARM, AlarmState.OK, AlarmState.INSUFFICIENT_DATA, AlarmState.MISSING
FINE = (100, 1, 900, 9)
WATCHING = policy(guards={"alarms": ["checkout", "login"]})


def test_an_alarm_that_turns_red_takes_a_canary_back_that_looks_fine():
    found = judge(observation_of(FINE, alarms={"checkout": RED, "login": GREEN}), WATCHING)
    assert found.verdict is Verdict.UNHEALTHY
    assert found.reason.startswith("alarm checkout turned red during the rollout; errors: canary 1 of 100")


def test_all_that_turned_red_are_named():
    found = judge(observation_of(FINE, alarms={"checkout": RED, "login": RED}), WATCHING)
    assert found.reason.startswith("alarm checkout, login turned red during the rollout; ")


def test_an_alarm_red_before_the_rollout_is_reported_and_does_not_decide():
    found = judge(observation_of(FINE, alarms={"checkout": RED}, red_before=("checkout",)), WATCHING)
    assert found.verdict is Verdict.HEALTHY
    assert found.reason.endswith("; alarm checkout was red before the rollout and does not decide")


def test_an_alarm_that_was_red_before_decides_once_it_has_been_green():
    after_green = still_red(("checkout",), {"checkout": GREEN})
    assert turned_red(after_green, {"checkout": RED}, WATCHING.alarms) == ("checkout",)


@pytest.mark.parametrize("colour", [NO_DATA, MISSING])
def test_an_alarm_that_guards_nothing_is_said_to(colour):
    """P5: it neither passes nor fails anybody."""
    found = judge(observation_of(FINE, alarms={"checkout": colour}), WATCHING)
    assert found.verdict is Verdict.HEALTHY
    assert found.reason.endswith("guards nothing")


def test_an_advisory_alarm_is_told_and_does_not_decide():
    advised = policy(metrics=["errors", {"alarm": "checkout", "mode": "advisory"}])
    found = judge(observation_of(FINE, alarms={"checkout": RED}), advised)
    assert found.verdict is Verdict.HEALTHY
    assert found.reason.endswith("; alarm checkout turned red, and is advisory")


def test_green_alarms_are_not_worth_a_word():
    assert format_alarms((), {"checkout": GREEN}, WATCHING.alarms) == ""
    assert red_alarms({"checkout": GREEN, "login": RED}) == ("login",)


def test_an_alarm_that_does_not_exist_is_refused_by_name():
    (refusal,) = unknown_alarms({"nowhere": MISSING, "checkout": GREEN})
    assert isinstance(refusal, UnknownAlarmError)
    assert "The policy names the alarm nowhere, and there is no such alarm" in str(refusal)
