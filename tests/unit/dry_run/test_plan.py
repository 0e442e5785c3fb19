"""A dry run's answer tells what is known, and leaves out the rest."""

import pytest

from rollout.admission.accept import accept
from rollout.admission.request import RolloutRequest
from rollout.domain.errors import NotOptedInError
from rollout.dry_run.assessment import Assessment
from rollout.dry_run.plan import dry_run
from rollout.dry_run.traffic import Traffic
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
WAY = {"calls_per_minute", "steps", "bake", "total", "total_seconds", "evaluations", "cost"}
POLICY = {"policy", "policy_source"}
ALWAYS = {"start", "refusals", "warnings"}


def answer(found=None, *, refusals=(), traffic=None, unreadable_fields=()):
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset(unreadable_fields)})
    if "policy" in unreadable_fields:
        request = request.model_copy(update={"policy_source": ""})
    entered = accept(request, found, EXECUTION) if found and not refusals else None
    return dry_run(Assessment(request, found, refusals, entered, traffic, (6, 4)), ON_AWS).document()


def test_there_is_nothing_to_do_and_one_sentence_says_what_would_be():
    told = answer(facts(), traffic=Traffic(calls=60_000, seconds=3600))
    assert set(told) == {"start", "reason", "plan"}
    assert told["start"] == "nothing_to_do"
    assert told["reason"] == (
        "dry run, nothing was touched: version 4 would be rolled out to my-api:live in 2 steps, in place of version 3,"
        " and be done after 15m as planned"
    )


def test_the_plan_holds_all_that_is_asked_of_it():
    plan = answer(facts(), traffic=Traffic(calls=60_000, seconds=3600))["plan"]
    assert set(plan) == WAY | POLICY | ALWAYS | {"target", "stable_version", "canary_version"}
    assert (plan["start"], plan["stable_version"], plan["canary_version"]) == ("begin", "3", "4")
    assert plan["target"] == TARGET.model_dump()
    assert plan["policy"] == policy().model_dump(mode="json")
    assert (plan["total"], plan["total_seconds"], plan["evaluations"]) == ("15m", 900, 18)
    assert (plan["calls_per_minute"], len(plan["steps"]), plan["bake"]["until"]) == (1000, 2, "15m")
    assert plan["cost"]["counts"]["metrics"] == 12 * 6 + 6 * 4
    assert (plan["refusals"], plan["warnings"]) == ([], [])


@pytest.mark.parametrize("count", [1, 2])
def test_the_sentence_sends_the_reader_to_the_warnings(count):
    """One is said of the plan, the other of its thin first step."""
    traffic = Traffic(calls=300, seconds=300) if count == 2 else None
    told = answer(facts(), traffic=traffic)
    in_steps = [step["warning"] for step in told["plan"]["steps"] if "warning" in step]
    assert len([*told["plan"]["warnings"], *in_steps]) == count
    assert told["reason"].endswith(f"; the plan has {count} warning{'s' if count == 2 else ''}")


@pytest.mark.parametrize(
    ("found", "unreadable_fields", "told"),
    [
        (facts(), (), WAY | POLICY | {"target", "stable_version", "canary_version"}),
        (facts(alias=None, stable=None), (), WAY | POLICY | {"target", "canary_version"}),
        (facts(canary=None), (), WAY | POLICY | {"target", "stable_version"}),
        (facts(), ("alias",), WAY | POLICY | {"canary_version"}),
        (facts(), ("version",), WAY | POLICY | {"target", "stable_version"}),
        (facts(), ("policy",), {"target", "stable_version", "canary_version"}),
        (None, (), WAY | POLICY),
        (None, ("policy",), set()),
    ],
)
def test_a_refused_request_is_told_as_far_as_it_is_known(found, unreadable_fields, told):
    plan = answer(found, refusals=REFUSED, unreadable_fields=unreadable_fields)["plan"]
    assert set(plan) == told | ALWAYS
    assert plan["start"] == "reject"
    assert plan["refusals"] == [{"error": "NotOptedInError", "sentence": "It has no tag."}]


def test_where_nothing_would_be_done_no_way_is_told():
    plan = answer(facts(alias=None, stable=None))["plan"]
    assert set(plan) == POLICY | ALWAYS | {"target", "canary_version"}
    assert plan["start"] == "nothing_to_do"


def test_null_in_a_policy_stays_somebodys_choice():
    """P12."""
    assert answer(facts())["plan"]["policy"]["guards"]["max_slow_percent"] is None
