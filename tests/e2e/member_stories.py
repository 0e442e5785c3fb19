"""Rollouts of functions that lie in another account, told as the others are."""

from sandbox.accounts import ELSEWHERE, MEMBER
from tests.e2e.stories import LONG, QUICK, Played, stopped, with_unseen_version


def fine_version_of_a_member(sandbox):
    shop = sandbox.shop("theirs", account=MEMBER)
    with shop.traffic(per_second=6):
        execution = sandbox.started_by_event(shop.name, shop.publish())
        return Played(shop, execution, sandbox.end(execution))


def faulty_version_of_a_member(sandbox):
    """In another region as well."""
    shop = sandbox.shop("theirs-faulty", account=MEMBER, region=ELSEWHERE)
    with shop.traffic(per_second=6):
        execution = sandbox.started_by_event(shop.name, shop.publish(fault_percent=60))
        return Played(shop, execution, sandbox.end(execution))


def stopped_in_a_member(sandbox):
    shop = with_unseen_version(sandbox, "theirs-stopped", account=MEMBER)
    execution = sandbox.start({"function": shop.arn, "policy": LONG})
    return stopped(sandbox, shop, execution, "WaitForMetrics")


def stranger_moves_a_members_alias(sandbox):
    shop = with_unseen_version(sandbox, "theirs-moved", versions=2, account=MEMBER)
    with shop.traffic(per_second=4):
        execution = sandbox.start({"function": shop.arn, "version": 3, "policy": LONG})
        sandbox.enters(execution, "WaitForMetrics")
        shop.edit(FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
        return Played(shop, execution, sandbox.end(execution))


def member_restored_without_code(sandbox):
    """Played while RollBack's code cannot be loaded."""
    shop = with_unseen_version(sandbox, "theirs-not-taken-back", canary={"fault_percent": 100}, account=MEMBER)
    with shop.traffic(per_second=8):
        execution = sandbox.start({"function": shop.arn, "policy": QUICK})
        return Played(shop, execution, sandbox.end(execution))


MEMBER_STORIES = (
    fine_version_of_a_member,
    faulty_version_of_a_member,
    stopped_in_a_member,
    stranger_moves_a_members_alias,
)
