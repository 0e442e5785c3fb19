"""The expected outcome of a request is one sentence, with warnings for the whole plan."""

import pytest

from rollout.admission.accept import accept, with_chosen_steps
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import AlarmState, Start
from rollout.domain.errors import NotOptedInError, UnknownVersionError
from rollout.dry_run.assessment import Assessment, expected_outcome, plan_warnings
from rollout.dry_run.traffic import Traffic
from rollout.policy.policy import Policy
from rollout.state.lock import QueuedVersion, lock_of
from tests.days import steady
from tests.samples import AT, EXECUTION, ON_AWS, TARGET, facts, policy, rollout, version

REQUEST = RolloutRequest(
    account_region=TARGET.account_region, function="my-api", alias=None, version=None, policy=policy()
)
OTHER = EXECUTION.model_copy(update={"arn": f"{EXECUTION.arn}-other", "name": "older"})
BUSY = Traffic(calls=60_000, seconds=3600)


def assess(function=None, traffic=BUSY, refusals=(), request=REQUEST, **changes):
    """Return the assessment of a request with this policy; by default, of a request that is accepted."""
    request = request.model_copy(update={"policy": policy(**changes)})
    function = function or facts()
    registered = None if refusals else accept(request, function, EXECUTION)
    return Assessment(request, function, refusals, registered, traffic, (6, 4))


LOCKED = facts(lock=lock_of(rollout(canary_version="3", execution=OTHER)))
QUEUED = facts(queued=QueuedVersion(version="9", holder=OTHER, seen_at=AT))


UNPUBLISHED = facts(canary=version("4", code_sha256="four"), latest_code_sha256="five")


def test_code_of_latest_that_is_not_published_is_a_warning():
    """`update-function-code` without `--publish` is easy to miss."""
    (warning,) = plan_warnings(assess(UNPUBLISHED), ON_AWS)
    assert warning.startswith("$LATEST of my-api has other code than version 4, which would be rolled out: to roll out")
    assert "publish it (aws lambda publish-version --function-name my-api)" in warning


@pytest.mark.parametrize("function", [facts(), UNPUBLISHED.model_copy(update={"latest_code_sha256": "four"})])
def test_published_code_is_no_warning(function):
    assert [*plan_warnings(assess(function), ON_AWS)] == []


@pytest.mark.parametrize(
    ("function", "changes", "start", "outcome"),
    [
        (None, {}, Start.BEGIN, "version 4 would be rolled out to my-api:live in 2 steps, in place of version 3, and"),
        (None, {}, Start.BEGIN, "and be done after 15m as planned"),
        (None, {"steps": [{"percent": 9, "hold": "5m"}]}, Start.BEGIN, "my-api:live in 1 step, in place"),
        (
            None,
            {"steps": [{"percent": 9, "hold": "5m"}, {"approval": {"timeout": "1h"}}]},
            Start.BEGIN,
            "be done after 70m as planned, of which 1h are for approvals",
        ),
        (
            None,
            {"steps": [{"percent": 9, "hold": "5m"}, {"pause": {}}]},
            Start.BEGIN,
            "be done after 10m as planned, and as long as it is paused",
        ),
        (None, {"steps": "AllAtOnce"}, Start.PROMOTE, "version 4 would be rolled out to my-api:live at once, in place"),
        (
            LOCKED,
            {},
            Start.QUEUE,
            "version 4 would wait for its turn on my-api:live behind version 3 (execution older)",
        ),
        (
            LOCKED,
            {"on_newer_version": "supersede"},
            Start.QUEUE,
            "behind version 3 (execution older), which would have to roll back first",
        ),
        (QUEUED, {}, Start.NOTHING_TO_DO, "there is nothing to do for version 4: version 9 waits for its turn"),
        (
            facts(alias=None, stable=None),
            {},
            Start.NOTHING_TO_DO,
            "my-api:live does not exist; it would be created at version 4, without a comparison",
        ),
    ],
)
def test_outcome_describes_the_expected_start(function, changes, start, outcome):
    assessment = assess(function, **changes)
    assert assessment.start is start
    assert outcome in expected_outcome(assessment)


@pytest.mark.parametrize(
    ("refusals", "outcome"),
    [
        ([NotOptedInError("no tag")], "it would be refused, for 1 reason that plan.refusals lists"),
        ([NotOptedInError("no tag"), UnknownVersionError("no 9")], "it would be refused, for 2 reasons that"),
    ],
)
def test_outcome_of_a_refused_request_counts_its_reasons(refusals, outcome):
    assessment = assess(refusals=refusals)
    assert assessment.start is Start.REJECT
    assert outcome in expected_outcome(assessment)


@pytest.mark.parametrize(
    ("assessment", "warning"),
    [
        (assess(), None),
        (assess(traffic=None), "CloudWatch has no recent calls of my-api:live"),
        (assess(traffic=Traffic(calls=600, seconds=300)), "has calls of my-api:live only for the last 5m: the"),
        (assess(traffic=Traffic(calls=600, seconds=900)), None),
        (assess(metrics=["slow"]), "slow measures nothing, because stable has no calls to learn a limit from"),
        (assess(facts(p99_ms=80), metrics=["slow"]), None),
        (
            assess(facts(alarms={"burning": AlarmState.ALARM}), guards={"alarms": ["burning"]}),
            "Alarm burning was red before the rollout and does not decide.",
        ),
        (assess(facts(alarms={"calm": AlarmState.OK}), guards={"alarms": ["calm"]}), None),
        (
            assess(facts(canary=version("4", state="Pending")), refusals=[NotOptedInError("no tag")]),
            "Version 4 is still Pending",
        ),
        (assess(QUEUED, traffic=None), None),
        (
            assess(facts(alarms={"calm": AlarmState.OK}, alarms_without_data=("calm",)), guards={"alarms": ["calm"]}),
            "Alarm calm is OK without a datapoint in the 3h before the rollout and may guard nothing.",
        ),
        (assess(facts(stable=version("3", state="Inactive"))), "Version 3, to which a rollback returns, is Inactive"),
        (assess(facts(canary=version("4", is_durable=True))), "Version 4 is a durable function (DurableConfig)"),
        (
            assess(facts(canary=version("4", timeout_seconds=300))),
            (
                "A call can take 5m, the timeout of the versions, and fail only then: the end of the bake waits until"
                " 50 calls of the canary are older than that and CloudWatch's lag, 7m together."
            ),
        ),
        (
            assess(facts(stable=version("3", timeout_seconds=900))),
            "promotion and the end of the bake wait until 50 calls of the canary are older than that",
        ),
        (assess(facts(stable=version("3", timeout_seconds=180))), None),
        (assess(facts(stable=version("3", timeout_seconds=900)), bake="20m", steps="AllAtOnce"), None),
    ],
)
def test_plan_has_the_warning_that_applies(assessment, warning):
    warnings = [*plan_warnings(assessment, ON_AWS)]
    assert [warning in each for each in warnings] == ([True] if warning else [])


def test_unreadable_fields_have_no_warning():
    """P10: the placeholder for an unreadable policy is never reported as the policy."""
    pending = facts(canary=version("4", state="Pending"))
    unreadable = REQUEST.model_copy(update={"unreadable_fields": frozenset({"policy", "version"})})
    assessment = assess(pending, None, [NotOptedInError("no tag")], unreadable)
    assert assessment.policy is None
    assert [*plan_warnings(assessment, ON_AWS)] == []
    assert [*plan_warnings(assessment._replace(facts=None), ON_AWS)] == []


def test_unknown_size_of_the_log_is_a_warning_that_states_the_price():
    assessed = assess(metrics=["errors", {"logs": {"pattern": "ERROR"}}])
    (warning,) = plan_warnings(assessed, ON_AWS)
    assert warning.startswith(
        "The price leaves out the log queries, because CloudWatch does not know what the log group"
    )
    assert [*plan_warnings(assessed._replace(log_bytes_per_second=0.0), ON_AWS)] == []


def test_hooks_that_a_promotion_at_once_does_not_call_are_a_warning_and_in_the_reason():
    asked = REQUEST.model_copy(update={"policy": Policy(hooks={"each_step": [{"function": "load"}]})})
    request = with_chosen_steps(asked, steady(1), ON_AWS)
    accepted = accept(request, facts(), EXECUTION)
    (warning,) = plan_warnings(Assessment(request, facts(), (), accepted, BUSY, (6, 4)), ON_AWS)
    assert warning.startswith("The hooks in each_step (load) are not called, because there are no steps: ")
    assert "warning: the hooks in each_step (load) are not called" in accepted.reason
