"""The outside actions: what the program does to a rollout while a fault holds it."""

import json
from collections.abc import Callable
from contextlib import suppress

from botocore.exceptions import ClientError

from sandbox.shop import Shop
from stress.faults import freeze, hooks
from stress.faults.commands import give, given
from stress.faults.given_command import ABORT
from stress.faults.matrix.fault import OutsideAction
from stress.faults.observed_rollout import CANARY, EDITED_VERSION
from stress.faults.stack import Stack


def _stop(stack: Stack, _shop: Shop, execution: str) -> None:
    cause = {"error": "StoppedByHand", "cause": "stopped by stress.faults"}
    stack.client("stepfunctions").stop_execution(executionArn=execution, **cause)


def _time_out(stack: Stack, _shop: Shop, execution: str) -> None:
    stack.request("time-out-execution", execution=execution)


def _edit(stack: Stack, shop: Shop, _execution: str) -> str:
    return stack.edit_alias(shop, EDITED_VERSION[OutsideAction.EDIT])


def _edit_to_latest(stack: Stack, shop: Shop, _execution: str) -> str:
    return stack.edit_alias(shop, EDITED_VERSION[OutsideAction.EDIT_TO_LATEST])


def _delete(stack: Stack, shop: Shop, _execution: str) -> None:
    stack.client("lambda").delete_function(FunctionName=shop.name, Qualifier=CANARY)


def _prune(stack: Stack, shop: Shop, _execution: str) -> None:
    """Delete every version but the newest; Lambda refuses to delete those that an alias references."""
    lambda_ = stack.client("lambda")
    listed = lambda_.list_versions_by_function(FunctionName=shop.name)["Versions"]
    for version in [each["Version"] for each in listed if each["Version"] != "$LATEST"][:-1]:
        with suppress(ClientError):
            lambda_.delete_function(FunctionName=shop.name, Qualifier=version)


def _redeliver(stack: Stack, shop: Shop, _execution: str) -> None:
    stack.request("redeliver-events", contains=f":function:{shop.name}:{CANARY}")


def _publish(_stack: Stack, shop: Shop, _execution: str) -> None:
    shop.publish(delay_ms=3)


def _untag(_stack: Stack, shop: Shop, _execution: str) -> None:
    shop.opt_out()


def _permit(stack: Stack, shop: Shop, _execution: str) -> None:
    principal = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    stack.client("lambda").add_permission(FunctionName=shop.name, Qualifier=shop.alias, StatementId="rule", **principal)


def _ghost(stack: Stack, shop: Shop, _execution: str) -> None:
    """Delete another opted-in function, and let the guardian look for missed versions; raises RuntimeError if it fails.

    The sweep has to report the deleted function, and to come to the others.
    """
    ghost = Shop(stack.local, f"a-{shop.name}")
    ghost.create(opted_in=True)
    stack.client("lambda").delete_function(FunctionName=ghost.name)
    sweep = {"FunctionName": stack.ids["GuardianFunction"], "Payload": b'{"sweep": "versions"}'}
    answer = json.loads(stack.client("lambda").invoke(**sweep)["Payload"].read())
    if f"{ghost.name}:{ghost.alias}" not in answer.get("deleted", []):
        raise RuntimeError(f"the guardian did not report the deleted function {ghost.name}, but answered {answer}")


def _abort(stack: Stack, shop: Shop, _execution: str) -> None:
    for _ in range(2):
        give(stack, shop, ABORT)


def _command_again(stack: Stack, shop: Shop, _execution: str) -> None:
    """Give the command again that TakeCommand is taking, as with a second click."""
    for command in given(stack, shop):
        give(stack, shop, command.command)


def _freeze(stack: Stack, _shop: Shop, _execution: str) -> None:
    freeze.hold(stack)


def _freeze_and_roll_back(stack: Stack, _shop: Shop, _execution: str) -> None:
    freeze.roll_back(stack)


def _stop_and_redrive(stack: Stack, shop: Shop, execution: str) -> None:
    _stop(stack, shop, execution)
    stack.request("redrive-execution", execution=execution)


def _delete_hook(stack: Stack, shop: Shop, _execution: str) -> None:
    hooks.delete_undecided(stack, shop)


def _untag_hook(stack: Stack, shop: Shop, _execution: str) -> None:
    hooks.untag_undecided(stack, shop)


def _throttle_hook(stack: Stack, shop: Shop, _execution: str) -> None:
    hooks.throttle(stack, shop)


OUTSIDE_ACTIONS: dict[OutsideAction, Callable[[Stack, Shop, str], str | None]] = {
    OutsideAction.STOP: _stop,
    OutsideAction.TIME_OUT: _time_out,
    OutsideAction.EDIT: _edit,
    OutsideAction.EDIT_TO_LATEST: _edit_to_latest,
    OutsideAction.DELETE: _delete,
    OutsideAction.PRUNE: _prune,
    OutsideAction.REDELIVER: _redeliver,
    OutsideAction.PUBLISH: _publish,
    OutsideAction.UNTAG: _untag,
    OutsideAction.PERMIT: _permit,
    OutsideAction.GHOST: _ghost,
    OutsideAction.ABORT: _abort,
    OutsideAction.COMMAND_AGAIN: _command_again,
    OutsideAction.FREEZE: _freeze,
    OutsideAction.FREEZE_AND_ROLL_BACK: _freeze_and_roll_back,
    OutsideAction.STOP_AND_REDRIVE: _stop_and_redrive,
    OutsideAction.DELETE_HOOK: _delete_hook,
    OutsideAction.UNTAG_HOOK: _untag_hook,
    OutsideAction.THROTTLE_HOOK: _throttle_hook,
}
"""Each returns the alias's new revision if it moved the alias."""
