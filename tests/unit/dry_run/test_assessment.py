"""What would become of a request is said in one sentence, with what to beware of."""

import pytest

from rollout.admission.accept import accept
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import AlarmState, Start
from rollout.domain.errors import NotOptedInError, UnknownVersionError
from rollout.dry_run.assessment import Assessment, expected_outcome, plan_warnings
from rollout.dry_run.traffic import Traffic
from rollout.state.lock import QueuedVersion, lock_of
from tests.samples import AT, EXECUTION, ON_AWS, TARGET, facts, policy, rollout, version

REQUEST = RolloutRequest(
    account_region=TARGET.account_region, function="my-api", alias=None, version=None, policy=policy()
)
OTHER = EXECUTION.model_copy(update={"arn": f"{EXECUTION.arn}-other", "name": "older"})
BUSY = Traffic(calls=60_000, seconds=3600)


def assessment(found=None, traffic=BUSY, refusals=(), request=REQUEST, **changes):
    """Return a rehearsal of a request with this policy; by default of one that nothing speaks against."""
    asked = request.model_copy(update={"policy": policy(**changes)})
    found = found or facts()
    entered = None if refusals else accept(asked, found, EXECUTION)
    return Assessment(asked, found, refusals, entered, traffic, (6, 4))


HELD = facts(lock=lock_of(rollout(canary_version="3", execution=OTHER)))
WAITING = facts(queued=QueuedVersion(version="9", holder=OTHER, seen_at=AT))


@pytest.mark.parametrize(
    ("found", "changes", "start", "said"),
    [
        (None, {}, Start.BEGIN, "version 4 would be rolled out to my-api:live in 2 steps, in place of version 3, and"),
        (None, {}, Start.BEGIN, "and be done after 15m as planned"),
        (None, {"steps": [{"percent": 9, "hold": "5m"}]}, Start.BEGIN, "my-api:live in 1 step, in place"),
        (None, {"steps": "AllAtOnce"}, Start.PROMOTE, "version 4 would be rolled out to my-api:live at once, in place"),
        (HELD, {}, Start.QUEUE, "version 4 would wait for its turn on my-api:live behind version 3 (execution older)"),
        (
            HELD,
            {"on_newer_version": "supersede"},
            Start.QUEUE,
            "behind version 3 (execution older), which would be asked to take that back",
        ),
        (WAITING, {}, Start.NOTHING_TO_DO, "nothing is left to do for version 4: version 9 waits for its turn"),
        (
            facts(alias=None, stable=None),
            {},
            Start.NOTHING_TO_DO,
            "my-api:live does not exist; it would be made at version 4, with nothing to compare it with",
        ),
    ],
)
def test_what_would_become_of_a_request_is_said(found, changes, start, said):
    answer_dry_run = assessment(found, **changes)
    assert answer_dry_run.start is start
    assert said in expected_outcome(answer_dry_run)


@pytest.mark.parametrize(
    ("refusals", "said"),
    [
        ([NotOptedInError("no tag")], "it would be refused, for 1 reason that plan.refusals lists"),
        ([NotOptedInError("no tag"), UnknownVersionError("no 9")], "it would be refused, for 2 reasons that"),
    ],
)
def test_a_refusal_is_said_with_the_number_of_its_reasons(refusals, said):
    answer_dry_run = assessment(refusals=refusals)
    assert answer_dry_run.start is Start.REJECT
    assert said in expected_outcome(answer_dry_run)


@pytest.mark.parametrize(
    ("answer_dry_run", "said"),
    [
        (assessment(), None),
        (assessment(traffic=None), "CloudWatch has no calls of my-api:live"),
        (assessment(traffic=Traffic(calls=600, seconds=300)), "are known for the last 5m alone"),
        (assessment(traffic=Traffic(calls=600, seconds=900)), None),
        (assessment(metrics=["slow"]), "slow has no calls of stable's to learn a limit from"),
        (assessment(facts(p99_ms=80), metrics=["slow"]), None),
        (
            assessment(facts(alarms={"burning": AlarmState.ALARM}), guards={"alarms": ["burning"]}),
            "Of the alarms: alarm burning was red before the rollout and does not decide.",
        ),
        (assessment(facts(alarms={"calm": AlarmState.OK}), guards={"alarms": ["calm"]}), None),
        (
            assessment(facts(canary=version("4", state="Pending")), refusals=[NotOptedInError("no tag")]),
            "Version 4 is still Pending",
        ),
        (assessment(WAITING, traffic=None), None),
    ],
)
def test_what_to_beware_of_is_said(answer_dry_run, said):
    warnings = [*plan_warnings(answer_dry_run, ON_AWS)]
    assert [said in warning for warning in warnings] == ([True] if said else [])


def test_nothing_is_said_of_what_could_not_be_read():
    """P10: the stand-in for a refused policy is nobody's."""
    pending = facts(canary=version("4", state="Pending"))
    unreadable_fields = REQUEST.model_copy(update={"unreadable_fields": frozenset({"policy", "version"})})
    answer_dry_run = assessment(pending, None, [NotOptedInError("no tag")], unreadable_fields)
    assert answer_dry_run.policy is None
    assert [*plan_warnings(answer_dry_run, ON_AWS)] == []
    assert [*plan_warnings(answer_dry_run._replace(found=None), ON_AWS)] == []
