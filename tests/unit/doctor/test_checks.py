"""Each check of an installation: what is good, what is not, its numbers and its fix; unknown is never good (P5)."""

import pytest

from rollout.doctor.checks.events import check_published_versions, check_trail
from rollout.doctor.checks.functions import check_freeze, check_hooks, check_opted_in
from rollout.doctor.checks.people import (
    check_alarm_subscriptions,
    check_alarms,
    check_dashboard,
    check_notifications,
)
from rollout.doctor.checks.stack import check_concurrency, check_guardian, check_own_errors, check_throttles
from rollout.doctor.facts import Activity, Concurrency, OwnAlarms, Subscriptions, Trail
from rollout.doctor.finding import Check, Finding, Grade, bad, good, summarize, unknown, warning
from rollout.state.hold import Hold

ACTIVITY = Activity(
    starts=12,
    missed=0,
    sweeps=4,
    failed_targets=0,
    errors={"guardian": 0, "starter": None},
    planned_retries={"guardian": None, "starter": None},
    throttled={"lambda:GetAlias": None},
    peak_concurrency=40,
)
SILENT = Activity(
    starts=None,
    missed=None,
    sweeps=None,
    failed_targets=None,
    errors={"guardian": None},
    planned_retries={"guardian": None},
    throttled={"lambda:GetAlias": None},
    peak_concurrency=None,
)
LOGS = Trail(name="all", is_logging=True, has_writes=True)
READS = Trail(name="reads", is_logging=True, has_writes=False)
STOPPED = Trail(name="stopped", is_logging=False, has_writes=None)
HIDDEN = Trail(name="organization", is_logging=True, has_writes=None)
NO_ONE = Subscriptions(confirmed=0, pending=0)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
ALARMS = OwnAlarms(names=("a", "b"), red=(), silenced=())


def active(**changed):
    return ACTIVITY.model_copy(update=changed)


def alarms(**changed):
    return ALARMS.model_copy(update=changed)


FINDINGS = {
    "trail that logs": (check_trail([READS, LOGS], "1 hour"), Grade.GOOD, "1 of 2 trails logs writes: all.", ""),
    "no trail": (check_trail([], "1 hour"), Grade.BAD, "sweeps come every hour", "VersionSweepEvery='5 minutes'"),
    "no trail, with short sweeps": (check_trail([], "5 minutes"), Grade.WARNING, "every 5 minutes", "create-trail"),
    "trail that reads only": (check_trail([READS], "1 hour"), Grade.BAD, "None of 1 trail logs", "create-trail"),
    "stopped trail": (check_trail([STOPPED], "1 hour"), Grade.BAD, "None of 1", "start-logging --name stopped"),
    "trail of the organization": (check_trail([HIDDEN], "1 hour"), Grade.UNKNOWN, "may not read", "publish a version"),
    "events arrive": (check_published_versions(ACTIVITY), Grade.GOOD, "12 events", ""),
    "some events missed": (check_published_versions(active(missed=3)), Grade.WARNING, "found 3 more", "log of the"),
    "every event missed": (check_published_versions(active(starts=0, missed=3)), Grade.BAD, "no event", "trail"),
    "no event yet": (check_published_versions(SILENT), Grade.UNKNOWN, "0 events", "publish-version"),
    "functions opted in": (check_opted_in(("my-api:live",)), Grade.GOOD, "1 function is opted in: my-api:live", ""),
    "no function opted in": (check_opted_in(()), Grade.WARNING, "0 functions", "tag-resource"),
    "hooks": (check_hooks(("smoke",)), Grade.GOOD, "1 function may be called as a hook: smoke.", ""),
    "no hooks": (check_hooks(()), Grade.GOOD, "0 functions", ""),
    "no freeze": (check_freeze(None, "/rollouts/freeze"), Grade.GOOD, "0 freezes", ""),
    "freeze": (
        check_freeze(Hold(reason="frozen: sale", is_freeze=True), "/rollouts/freeze"),
        Grade.WARNING,
        "1 freeze (hold): frozen: sale.",
        "delete-parameter --name /rollouts/freeze",
    ),
    "guardian": (check_guardian(ACTIVITY), Grade.GOOD, "4 sweeps", ""),
    "no guardian": (check_guardian(SILENT), Grade.BAD, "0 sweeps", "runbook"),
    "failed targets": (check_guardian(active(failed_targets=2)), Grade.WARNING, "2 targets", "runbook"),
    "no errors": (check_own_errors(ACTIVITY, "/logs"), Grade.GOOD, "0 failed calls of 2 functions", ""),
    "errors": (
        check_own_errors(active(errors={"a": 1, "b": 5}), "/logs"),
        Grade.WARNING,
        "6 failed calls of 2 functions in a day: b 5, a 1",
        "--log-group-name /logs",
    ),
    "no throttles": (check_throttles(ACTIVITY), Grade.GOOD, "0 throttled calls of 1 operation in a day.", ""),
    "throttles": (
        check_throttles(active(throttled={"lambda:GetAlias": 7})),
        Grade.WARNING,
        "7 throttled calls",
        "interval",
    ),
    "concurrency": (check_concurrency(Concurrency(limit=1000, unreserved=900), ACTIVITY), Grade.GOOD, "1,000", ""),
    "little unreserved": (
        check_concurrency(Concurrency(limit=1000, unreserved=49), ACTIVITY),
        Grade.WARNING,
        "49 of them unreserved",
        "request-service-quota-increase",
    ),
    "nearly all in use": (
        check_concurrency(Concurrency(limit=1000, unreserved=900), active(peak_concurrency=801)),
        Grade.WARNING,
        "801 in use",
        "request-service-quota-increase",
    ),
    "alarms": (check_alarms(ALARMS), Grade.GOOD, "0 of 2 alarms are red.", ""),
    "red alarm": (check_alarms(alarms(red=("b",))), Grade.BAD, "1 of 2 alarms is red: b.", "runbook"),
    "silenced alarm": (
        check_alarms(alarms(silenced=("b",))),
        Grade.WARNING,
        "0 of 2 alarms are red, but 1 notifies no one: b.",
        "enable-alarm-actions --alarm-names b",
    ),
    "silenced alarm with a name of several words": (
        check_alarms(alarms(silenced=("b; id",))),
        Grade.WARNING,
        "1 notifies no one: b; id",
        "enable-alarm-actions --alarm-names 'b; id'",
    ),
    "no alarms": (check_alarms(alarms(names=(), missing=("a", "b"))), Grade.BAD, "2 of 2 alarms are missing", "Deploy"),
    "missing alarm": (
        check_alarms(alarms(names=("a",), missing=("b",))),
        Grade.BAD,
        "1 of 2 alarms is missing: b.",
        "RunbookUrl",
    ),
    "errors with which a task waited": (
        check_own_errors(active(errors={"a": 3, "b": 0}, planned_retries={"a": 3}), "/logs"),
        Grade.GOOD,
        "0 failed calls of 2 functions in a day, besides 3 tries that found a version Pending and came again",
        "",
    ),
    "other errors beside those": (
        check_own_errors(active(errors={"a": 3, "b": 1}, planned_retries={"a": 1}), "/logs"),
        Grade.WARNING,
        "3 failed calls of 2 functions in a day, besides 1 try that found a version Pending and came again: a 2, b 1.",
        "--log-group-name /logs",
    ),
    "retry that is counted before its error": (
        check_own_errors(active(errors={"a": 1, "b": 2}, planned_retries={"a": 5}), "/logs"),
        Grade.WARNING,
        "2 failed calls of 2 functions in a day, besides 5 tries that found a version Pending and came again: b 2.",
        "--log-group-name /logs",
    ),
    "subscribed": (
        check_alarm_subscriptions(TOPIC, Subscriptions(confirmed=1, pending=2)),
        Grade.GOOD,
        "1 confirmed subscription, 2 pending",
        "",
    ),
    "not confirmed": (
        check_alarm_subscriptions(TOPIC, Subscriptions(confirmed=0, pending=1)),
        Grade.BAD,
        "0 confirmed subscriptions, 1 pending",
        "Confirm the message",
    ),
    "not subscribed": (check_alarm_subscriptions(TOPIC, NO_ONE), Grade.BAD, "0 confirmed", f"--topic-arn {TOPIC}"),
    "no notifications": (check_notifications(TOPIC, NO_ONE), Grade.WARNING, "0 confirmed", "aws sns subscribe"),
    "dashboard": (check_dashboard("rollouts", exists=True), Grade.GOOD, "1 dashboard", ""),
    "no dashboard wanted": (check_dashboard("", exists=False), Grade.GOOD, "as the parameter", ""),
    "deleted dashboard": (check_dashboard("rollouts", exists=False), Grade.BAD, "rollouts was deleted", "Deploy"),
}


@pytest.mark.parametrize(("finding", "grade", "found", "fix"), FINDINGS.values(), ids=FINDINGS)
def test_check_finds_with_its_number_and_its_fix(finding, grade, found, fix):
    assert finding.grade is grade
    assert found in finding.found
    assert fix in finding.fix


@pytest.mark.parametrize("finding", [finding for finding, *_ in FINDINGS.values()])
def test_only_what_is_good_has_no_fix(finding):
    assert (finding.grade is Grade.GOOD) == (finding.fix == "")


def test_peak_that_is_not_known_is_said_so():
    finding = check_concurrency(Concurrency(limit=1000, unreserved=900), SILENT)
    assert "unknown in use" in finding.found


def test_what_cannot_be_read_is_unknown_with_its_error():
    finding = unknown(Check.TRAIL, "listing the trails: AWS refused the call")
    assert finding.grade is Grade.UNKNOWN
    assert "AWS refused the call" in finding.found
    assert "Grant the role of ExamineStack" in finding.fix


def test_finding_that_is_not_good_has_a_short_form():
    assert warning(Check.HOOKS, "0 hooks", "Add one.") == Finding(
        check=Check.HOOKS, grade=Grade.WARNING, found="0 hooks", fix="Add one."
    )
    assert bad(Check.HOOKS, "0 hooks", "Add one.").grade is Grade.BAD


def test_summary_counts_every_grade():
    findings = [good(Check.HOOKS, "1"), good(Check.FREEZE, "2"), unknown(Check.TRAIL, "no"), check_opted_in(())]
    assert summarize(findings) == "2 good, 1 warning, 0 bad, 1 unknown"
