"""EventBridge Scheduler: a schedule whose target is a bus puts its event there, in the name of the target's role."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import logging

from ministack.core import responses
from ministack.services import eventbridge

from sandbox.emulator.iam.role_sessions import Session
from sandbox.emulator.seams import Original, Record, extends

_SERVICE = "scheduler.amazonaws.com"
_logger = logging.getLogger(__name__)


@extends(eventbridge, "_invoke_target")
def _put_event_of_schedule(original: Original, target: Record, event: Record, rule: Record, *view: object) -> None:
    """MiniStack knows no EventBridgeParameters, and puts an event of its own on the bus without asking IAM."""
    if event.get("Source") != "aws.scheduler" or ":event-bus/" not in target["Arn"]:
        original(target, event, rule, *view)
    elif _may_put(target, rule):
        entry = {**target["EventBridgeParameters"], "Detail": target.get("Input", "{}"), "EventBusName": target["Arn"]}
        eventbridge._put_events({"Entries": [entry]})
    else:
        _logger.warning("The role of schedule %s may not put events on %s.", rule["Name"], target["Arn"])


def _may_put(target: Record, schedule: Record) -> bool:
    """Return whether the target's role trusts the Scheduler and may put events on the bus."""
    session = Session(target["RoleArn"], schedule["Name"])
    account = responses.get_account_id()
    is_own = session.account == account  # iam:PassRole passes no role of another account
    context = {"aws:sourceaccount": account}
    return is_own and session.serves(_SERVICE, context) and session.may("events:PutEvents", target["Arn"])
