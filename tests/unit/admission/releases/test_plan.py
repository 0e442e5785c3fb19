"""The executions of a release: each has a name and an input of its own, always the same ones (P4)."""

import re
from datetime import timedelta

import pytest

from rollout.admission.accept import accept
from rollout.admission.read_request import read_request
from rollout.admission.refusals.combine import RefusalList
from rollout.admission.releases.plan import planned_part, planned_release, release_refusals, start_orders
from rollout.admission.releases.read_release import read_release
from rollout.domain.enums import Move, Start
from rollout.domain.errors import ReleaseRefusedError
from rollout.lifecycle.hooks.calls import begin_hooks
from tests.release_samples import RELEASE_EXECUTION, planned, release
from tests.samples import AT, EXECUTION, facts, policy, rollout

REQUEST = read_release(
    {
        "release": "2026-11-25.3",
        "functions": [{"function": "my-api"}, {"function": "a" * 64, "after": ["my-api"], "policy": "AllAtOnce"}],
    }
)


def plan():
    begun = rollout(execution=RELEASE_EXECUTION)
    parts = [planned_part(REQUEST, number, begun) for number in range(2)]
    return planned_release(REQUEST, parts, RELEASE_EXECUTION, AT)


def test_every_execution_has_a_name_of_its_own_that_says_what_it_is():
    names = [part.execution for part in plan().parts]
    assert names == [part.execution for part in plan().parts]
    assert len({*names}) == 2
    assert all(re.fullmatch(r"2026-11-25-3-[a-z-]+-[0-9a-f]{12}", name) and len(name) <= 80 for name in names)


def test_input_is_a_request_for_the_version_that_was_found():
    first, second = start_orders(REQUEST, plan())
    refusals = RefusalList()
    read = [read_request(order.input, EXECUTION, refusals) for order in (first, second)]
    assert not refusals
    assert [(each.version, each.alias, each.release.number) for each in read] == [("4", "live", 0), ("4", "live", 1)]
    assert read[1].release.after == {0: "my-api"}


def test_deadline_counts_from_the_start():
    assert plan().deadline == AT + timedelta(days=1)


@pytest.mark.parametrize("start", [Start.QUEUE, Start.NOTHING_TO_DO])
def test_function_that_cannot_begin_now_refuses_the_release(start):
    with pytest.raises(ReleaseRefusedError, match="cannot begin now, but a release begins as a whole: it waits"):
        planned_part(REQUEST, 0, rollout(start=start, reason="it waits"))


def test_one_alias_under_two_names_is_refused():
    twice = [planned("cart"), planned("cart").model_copy(update={"function": "arn:cart"})]
    (refusal,) = release_refusals(twice)
    assert "cart:live in account 123456789012, region eu-west-1 2 times" in str(refusal)


def test_inputs_that_no_state_has_room_for_are_refused():
    big = [{"function": f"f{number}", "policy": {"x": "y" * 40_000}} for number in range(6)]
    request = read_release({"release": "big", "functions": big})
    with pytest.raises(ReleaseRefusedError, match="store the policies in Parameter Store"):
        start_orders(request, release(*(part.function for part in request.functions)))


@pytest.mark.parametrize("steps", [policy().steps, []])
def test_part_begins_with_an_evaluation_and_without_a_share(steps):
    """It may have to wait for others, also where its policy promotes at once."""
    (order, _) = start_orders(REQUEST, plan())
    request = read_request(order.input, EXECUTION, RefusalList()).with_policy(policy(steps=steps or "AllAtOnce"), "")
    begun = begin_hooks(accept(request, facts(), EXECUTION), AT)
    assert (begun.start, begun.next_move) == (Start.RUN_BEFORE_TRAFFIC_HOOKS, Move.RUN_BEFORE_TRAFFIC_HOOKS)
    assert begun.document()["hook_run"]["calls"] == []
