"""The canary's log is read after an unhealthy verdict, in minutes in which both versions can be compared."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Outcome, Phase, Verdict
from rollout.lifecycle.rollback import read_closing
from rollout.log_findings.lines import LONGEST_MINUTES
from rollout.log_findings.reading import read_log_reading, with_reported_logs
from rollout.state.canary_logs import CanaryLogs
from rollout.state.endings import ending_of
from tests.samples import AT, ON_AWS, judgement, rollout

ROLLED_BACK = ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again")
UNHEALTHY = judgement(Verdict.UNHEALTHY)
NOW = AT + timedelta(minutes=6, seconds=10)


def document(**changes) -> dict[str, object]:
    fields = {"ending": ROLLED_BACK, "judgement": UNHEALTHY} | changes
    return rollout(**fields).document()


def test_log_of_an_unhealthy_canary_is_read_after_its_rollback():
    assert read_log_reading(document()).is_due


@pytest.mark.parametrize(
    "changes",
    [
        {"judgement": judgement(Verdict.HEALTHY)},
        {"judgement": judgement(Verdict.INCONCLUSIVE)},
        {"judgement": None},
        {"first_shift_at": None},
        {"ending": ending_of(Outcome.HANDED_OVER, "moved")},
        {"ending": ending_of(Outcome.REJECTED, "stopped")},
        {"ending": None},
    ],
    ids=["healthy", "inconclusive", "not judged", "no traffic", "handed over", "rejected", "not ended"],
)
def test_log_is_not_read_where_it_says_nothing(changes):
    assert not read_log_reading(document(**changes)).is_due


def test_both_versions_are_read_in_the_same_minutes_since_the_first_shift():
    canary, stable = read_log_reading(document()).spans(NOW, ON_AWS)
    assert (canary.version, stable.version) == ("4", "3")
    assert (canary.since, canary.until) == (stable.since, stable.until) == (AT, AT + timedelta(minutes=7))


def test_last_minutes_of_a_long_rollout_are_read():
    canary, _ = read_log_reading(document()).spans(AT + timedelta(hours=9), ON_AWS)
    assert canary.since == AT + timedelta(hours=9, minutes=-LONGEST_MINUTES)


def promoted(at, **changes) -> dict[str, object]:
    return document(phase=Phase.BAKE, step_started_at=at, **changes)


def test_minutes_of_a_promotion_are_shared_with_stable():
    canary, stable = read_log_reading(promoted(AT + timedelta(minutes=4))).spans(NOW, ON_AWS)
    assert (canary.since, canary.until) == (stable.since, stable.until)
    assert canary.alone_since == AT + timedelta(minutes=4)


def test_canary_that_was_promoted_long_ago_is_held_against_stable_before_its_promotion():
    canary, stable = read_log_reading(promoted(AT)).spans(NOW, ON_AWS)
    assert (canary.since, canary.until) == (AT, AT + timedelta(minutes=7))
    assert (stable.since, stable.until) == (AT - timedelta(minutes=7), AT)
    assert stable.alone_until == AT


def test_invalid_fields_that_are_only_reported_fail_nothing():
    odd = document() | {"log_groups": 5, "step_started_at": "soon", "policy": None, "canary_logs": []}
    reading = read_log_reading(odd)
    assert (reading.is_due, reading.log_group_names) == (True, ("/aws/lambda/my-api",))


def test_log_that_was_due_and_left_nothing_is_reported_as_not_read():
    closing = with_reported_logs(read_closing(document()), is_on=True)
    assert closing.canary_logs is not None
    assert closing.canary_logs.sentence.startswith("the log of version 4 was not read: ReadCanaryLogs failed")


@pytest.mark.parametrize(
    ("changes", "is_on"), [({}, False), ({"judgement": None}, True)], ids=["switched off", "not due"]
)
def test_nothing_is_reported_of_a_log_that_was_not_to_be_read(changes, is_on):
    assert with_reported_logs(read_closing(document(**changes)), is_on=is_on).canary_logs is None


def test_what_was_read_is_reported():
    logs = CanaryLogs(sentence="version 4 logs 1 error that version 3 does not log")
    closing = read_closing(document() | {"canary_logs": logs.model_dump(mode="json")})
    assert with_reported_logs(closing, is_on=True).canary_logs == logs
