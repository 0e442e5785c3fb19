"""Tests of the return to an earlier version: the ledger names the earlier version, and what it has against one."""

import pytest

from rollout.admission.accept import accept, all_refusals
from rollout.admission.back import earlier_version, no_earlier_version, objection
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import Start
from rollout.lifecycle.guardian.recovery import FinalState, repair_plan
from rollout.lifecycle.orders import orders_of
from rollout.lifecycle.ownership import Ownership, apply_ownership_check
from rollout.state.alias import AliasState
from rollout.state.endings import stopped_before_traffic
from rollout.state.hold import Freeze, hold_at
from rollout.state.lock import lock_of
from tests.commands import command
from tests.samples import AT, EXECUTION, TARGET, facts, past, policy, rollout, version

BACK = RolloutRequest(
    account_region=EXECUTION.account_region,
    function="my-api",
    alias=None,
    version="2",
    policy=policy(steps="AllAtOnce"),
    is_back=True,
)
OTHER = EXECUTION.model_copy(update={"arn": f"{EXECUTION.arn}-other"})
ALIAS = AliasState(version="3", revision_id="r")
UNWRITTEN = lock_of(rollout())
STOPPED = stopped_before_traffic("my-api:live", "2", "unhealthy: hooks before traffic").cause
ABORTED = orders_of([command("abort")]).format(rollout())
SUPERSEDED = apply_ownership_check(
    rollout(), Ownership(alias=ALIAS, lock=UNWRITTEN.model_copy(update={"superseded_by": "5"}))
).reason
FROZEN = hold_at(policy(), Freeze(reason="incident"), AT).reason
ENDED = repair_plan(UNWRITTEN, ALIAS, FinalState(status="ABORTED")).ending.cause


@pytest.mark.parametrize(
    ("history", "served", "expected"),
    [
        ([past("3", "2"), past("2", "1")], "3", "2"),
        ([past("2", "1")], "2", "1"),
        ([past("4", "3", "rolled_back"), past("3", "2"), past("2", "1")], "3", "2"),
        ([past("3", "1"), past("2", "1", "rolled_back")], "3", "1"),
        ([past("3", "1"), past("2", "1", "rollback_failed")], "3", "1"),
        ([past("2", "3", is_back=True), past("3", "2"), past("2", "1")], "2", "1"),
        ([past("3", "2"), past("2", "1", "rolled_back"), past("2", "1")], "3", "2"),
        ([past("2", "1", "rolled_back"), past("3", "2"), past("2", "1")], "3", "1"),
        ([past("4", "3", None), past("3", "2")], "3", "2"),
        ([past("4", "3", "handed_over"), past("3", "2")], "5", "3"),
        ([past("4", "3", "rejected")], "3", None),
        ([past("2", "3", "rejected", reason=STOPPED), past("3", "2"), past("2", "1")], "3", "1"),
        ([past("2", "3", "rolled_back", reason=ABORTED), past("3", "2"), past("2", "1")], "3", "2"),
        ([past("2", "3", "rejected", reason=ABORTED), past("3", "2"), past("2", "1")], "3", "2"),
        ([past("2", "3", "rejected", reason=SUPERSEDED), past("3", "2"), past("2", "1")], "3", "2"),
        ([past("2", "3", "rolled_back", reason=FROZEN), past("3", "2"), past("2", "1")], "3", "2"),
        ([past("2", "3", "rejected", reason=ENDED), past("3", "2"), past("2", "1")], "3", "2"),
        ([past("2", "1", "rolled_back")], "1", None),
        ([], "3", None),
    ],
)
def test_alias_returns_to_the_last_version_that_was_not_withdrawn(history, served, expected):
    assert earlier_version(history, served) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (
            [past("2", "1", "rolled_back", reason="unhealthy: errors.")],
            "version 2 was rolled back by the rollout of 2026-03-01T12:00Z: unhealthy: errors",
        ),
        (
            [past("1", "2", is_back=True), past("2", "1")],
            "version 2 was withdrawn for version 1 by the rollout of 2026-03-01T12:00Z",
        ),
        (
            [past("2", "3", "rolled_back", is_back=True, reason="slow")],
            "version 2 was rolled back by the rollout of 2026-03-01T12:00Z: slow",
        ),
        (
            [past("2", "3", "rejected", reason="unhealthy")],
            "version 2 was stopped before traffic by the rollout of 2026-03-01T12:00Z: unhealthy",
        ),
        (
            [past("2", "3", "rolled_back", reason="it was aborted by the command a: slow"), past("3", "2")],
            "version 2 was rolled back by the rollout of 2026-03-01T12:00Z: it was aborted by the command a: slow",
        ),
        (
            [past("2", "3", "rolled_back", reason=ABORTED), past("2", "3", "rolled_back", reason="slow")],
            "version 2 was rolled back by the rollout of 2026-03-01T12:00Z: slow",
        ),
        ([past("2", "1"), past("2", "1", "rolled_back")], ""),
        ([past("3", "2", "rolled_back")], ""),
        ([past("1", "2", "rolled_back", is_back=True)], ""),
        ([], ""),
    ],
)
def test_objection_names_when_and_why_a_version_was_withdrawn(history, expected):
    assert objection(history, "2") == expected


def test_later_start_of_a_version_that_was_rolled_back_says_so():
    history = (past("4", "3", "rolled_back", reason="unhealthy"),)
    again = accept(BACK.model_copy(update={"is_back": False, "version": "4"}), facts(history=history), EXECUTION)
    assert again.reason.endswith("; warning: version 4 was rolled back by the rollout of 2026-03-01T12:00Z: unhealthy")


def test_alias_returns_at_once():
    back = accept(BACK, facts(canary=version("2")), EXECUTION)
    assert (back.start, back.is_back, back.stable_version, back.canary_version) == (Start.PROMOTE, True, "3", "2")
    assert back.reason.endswith("version 2 is promoted next, because the alias returns to it")


def test_alias_under_a_rollout_does_not_return():
    """P3: abort returns to the version that the rollout started from."""
    lock = lock_of(rollout(canary_version="4", execution=OTHER))
    (refusal,) = all_refusals(BACK, facts(canary=version("2"), lock=lock), EXECUTION)
    assert str(refusal).endswith(
        "is rolling out version 4 on my-api:live: give it the command abort, which returns to version 3, or start again"
        " when it has ended."
    )


def test_redriven_execution_returns_under_its_own_lock():
    lock = lock_of(rollout(canary_version="2"))
    assert [*all_refusals(BACK, facts(canary=version("2"), lock=lock), EXECUTION)] == []


def test_refusal_says_what_the_ledger_has_against_each_version():
    history = [past("3", "2"), past("2", "1", "rolled_back", reason="unhealthy")]
    sentence = str(no_earlier_version(TARGET, ALIAS, [history[1]]))
    assert sentence == (
        "my-api:live serves version 3, and the ledger knows no version that it served before and that was not"
        " withdrawn. The ledger has against the others: version 2 was rolled back by the rollout of 2026-03-01T12:00Z:"
        ' unhealthy. To return to a version all the same, name it with "back_to".'
    )


def test_refusal_without_a_ledger_names_back_to():
    assert str(no_earlier_version(TARGET, ALIAS, [])).endswith(
        'was not withdrawn. To return to a version all the same, name it with "back_to".'
    )
    assert str(no_earlier_version(TARGET, None, [])).startswith("my-api:live does not exist")
