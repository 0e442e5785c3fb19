"""The answer to a dry run contains what is known and leaves out the rest."""

import pytest

from rollout.admission.accept import accept
from rollout.admission.request import RolloutRequest
from rollout.auto.forecast import Fault, Forecast
from rollout.domain.errors import NotOptedInError
from rollout.dry_run.assessment import Assessment
from rollout.dry_run.plan import dry_run
from rollout.dry_run.traffic import Traffic
from rollout.state.calibration import Calibration
from tests.samples import EXECUTION, ON_AWS, TARGET, facts, policy

REQUEST = RolloutRequest(
    account_region=TARGET.account_region,
    function="my-api",
    alias=None,
    version=None,
    policy=policy(),
    policy_source="the tag",
)
REFUSED = [NotOptedInError("It has no tag.")]
SCHEDULE = {"calls_per_minute", "steps", "bake", "total", "total_seconds", "evaluations", "cost"}
POLICY = {"policy", "policy_source"}
ALWAYS = {"start", "refusals", "warnings"}


def answer(function=None, *, refusals=(), traffic=None, unreadable_fields=(), forecast=None):
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset(unreadable_fields)})
    if "policy" in unreadable_fields:
        request = request.model_copy(update={"policy_source": ""})
    registered = accept(request, function, EXECUTION) if function and not refusals else None
    return dry_run(
        Assessment(request, function, refusals, registered, traffic, (6, 4), None, forecast), ON_AWS
    ).document()


def test_answer_has_nothing_to_do_and_states_the_outcome():
    document = answer(facts(), traffic=Traffic(calls=60_000, seconds=3600))
    assert set(document) == {"start", "reason", "plan"}
    assert document["start"] == "nothing_to_do"
    assert document["reason"] == (
        "dry run, nothing was touched: version 4 would be rolled out to my-api:live in 2 steps, in place of version 3,"
        " and be done after 15m as planned"
    )


def test_plan_has_every_field_of_an_accepted_request():
    plan = answer(facts(), traffic=Traffic(calls=60_000, seconds=3600))["plan"]
    assert set(plan) == SCHEDULE | POLICY | ALWAYS | {"target", "stable_version", "canary_version"}
    assert (plan["start"], plan["stable_version"], plan["canary_version"]) == ("begin", "3", "4")
    assert plan["target"] == TARGET.model_dump()
    assert plan["policy"] == policy().model_dump(mode="json")
    assert (plan["total"], plan["total_seconds"], plan["evaluations"]) == ("15m", 900, 18)
    assert (plan["calls_per_minute"], len(plan["steps"]), plan["bake"]["until"]) == (1000, 2, "15m")
    assert plan["cost"]["counts"]["metrics"] == 12 * 6 + 6 * 4
    assert (plan["refusals"], plan["warnings"]) == ([], [])


@pytest.mark.parametrize("count", [1, 2])
def test_reason_counts_the_warnings(count):
    """One warning is of unknown traffic; two are of traffic known for 5 minutes, and of a step with too few calls."""
    traffic = Traffic(calls=300, seconds=300) if count == 2 else None
    document = answer(facts(), traffic=traffic)
    in_steps = [step["warning"] for step in document["plan"]["steps"] if "warning" in step]
    assert len([*document["plan"]["warnings"], *in_steps]) == count
    assert document["reason"].endswith(f"; the plan has {count} warning{'s' if count == 2 else ''}")


@pytest.mark.parametrize(
    ("function", "unreadable_fields", "fields"),
    [
        (facts(), (), SCHEDULE | POLICY | {"target", "stable_version", "canary_version"}),
        (facts(alias=None, stable=None), (), SCHEDULE | POLICY | {"target", "canary_version"}),
        (facts(canary=None), (), SCHEDULE | POLICY | {"target", "stable_version"}),
        (facts(), ("alias",), SCHEDULE | POLICY | {"canary_version"}),
        (facts(), ("version",), SCHEDULE | POLICY | {"target", "stable_version"}),
        (facts(), ("policy",), {"target", "stable_version", "canary_version"}),
        (None, (), SCHEDULE | POLICY),
        (None, ("policy",), set()),
    ],
)
def test_plan_of_a_refused_request_has_its_known_fields(function, unreadable_fields, fields):
    plan = answer(function, refusals=REFUSED, unreadable_fields=unreadable_fields)["plan"]
    assert set(plan) == fields | ALWAYS
    assert plan["start"] == "reject"
    assert plan["refusals"] == [{"error": "NotOptedInError", "sentence": "It has no tag."}]


def test_plan_without_a_rollout_has_no_schedule():
    plan = answer(facts(alias=None, stable=None))["plan"]
    assert set(plan) == POLICY | ALWAYS | {"target", "canary_version"}
    assert plan["start"] == "nothing_to_do"


def test_null_in_a_policy_stays_in_the_plan():
    """P12."""
    assert answer(facts())["plan"]["policy"]["guards"]["max_slow_percent"] is None


FAULT = Fault(fault="fails every call", error_percent=100, found_after="4m")
FAULTS = [{"fault": "fails every call", "error_percent": 100, "found_after": "4m"}]
RAISED = Calibration(factor=4, metric="errors", level=10, exceeded=55, rollouts=100)
CAUSE = "of this function come in clumps: 55 of 100 rollouts made of its own minutes exceeded 10"


@pytest.mark.parametrize(
    ("calibration", "expected"),
    [
        (Calibration(), {"limit": 100, "faults": FAULTS}),
        (RAISED, {"limit": 400, "raised_from": 100, "reason": f"errors {CAUSE}", "faults": FAULTS}),
    ],
)
def test_plan_states_the_evidence_limit_and_what_is_found_at_it(calibration, expected):
    forecast = Forecast(calibration=calibration, faults=(FAULT,))
    plan = answer(facts(), traffic=Traffic(calls=60_000, seconds=3600), forecast=forecast)["plan"]
    assert plan["evidence"] == expected
    assert len(plan["warnings"]) == calibration.is_raised


def test_raised_limit_is_a_warning():
    forecast = Forecast(calibration=RAISED, faults=())
    document = answer(facts(), traffic=Traffic(calls=60_000, seconds=3600), forecast=forecast)
    (warning,) = document["plan"]["warnings"]
    assert warning == (
        f"Errors {CAUSE}. So evidence of 400 is needed in place of 100, and small faults are found later or not at all:"
        " plan.evidence.faults lists them. Longer steps find more."
    )
    assert document["reason"].endswith("; the plan has 1 warning")
