"""Runs one rollout with one fault, and returns what was observed."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from botocore.exceptions import ClientError

from sandbox.shop import Shop
from stress.faults import freeze, hooks
from stress.faults.commands import give
from stress.faults.given_command import ABORT
from stress.faults.matrix.cells import Cell
from stress.faults.matrix.fault import FREEZES, OutsideAction
from stress.faults.observed_rollout import CANARY, STABLE, ObservedRollout
from stress.faults.observer import START_SECONDS, CellNotRunError, Observer, wait_for_execution
from stress.faults.stack import PACE, Stack
from stress.faults.stack_parameters import PERIOD_SECONDS

LIMIT_SECONDS = 600 * PACE
"""Ten minutes of policy time: how long after the execution's end the alias may stay split."""
WITHOUT_GUARDIAN_SECONDS = 4
CALLS_PER_SECOND = 5
CALLERS_OF_REFUSED_CANARY = 10
"""boto3 repeats a refused call after a pause, in which the caller makes no others."""


def run_cell(stack: Stack, cell: Cell, number: int) -> ObservedRollout:
    """Publish a version, let the fault occur in its rollout, and wait until everything is settled."""
    shop = Shop(stack.local, f"c{number:03}-{cell.state.label.lower()}")
    create_function(stack, shop)
    if cell.state.hook_point:
        hooks.create(stack, cell, shop)
    try:
        with traffic(stack, shop, CALLERS_OF_REFUSED_CANARY if cell.fault.is_found else 1):
            return _roll_out(stack, cell, shop)
    finally:
        stack.request("clear-faults", contains=shop.name)
        if cell.fault.outside_action in FREEZES:
            freeze.lift(stack)
        if cell.state.hook_point:
            hooks.delete(stack, shop)
        with suppress(ClientError):
            stack.client("lambda").delete_function(FunctionName=shop.name)  # also ends its processes


@contextmanager
def traffic(stack: Stack, shop: Shop, callers: int = 1) -> Iterator[None]:
    """Call the function, one call after another: each concurrent call would start a process for each version."""
    stop = threading.Event()

    def call() -> None:
        lambda_ = stack.client("lambda")
        while not stop.wait(1 / CALLS_PER_SECOND):
            with suppress(ClientError):
                lambda_.invoke(FunctionName=f"{shop.name}:{shop.alias}", Payload=b"{}")

    threads = [threading.Thread(target=call, daemon=True) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def create_function(stack: Stack, shop: Shop) -> None:
    """Create a function with two versions without a rollout, and point its alias at the second, the stable one."""
    shop.create(opted_in=False)
    shop.publish(delay_ms=1)
    stack.edit_alias(shop, STABLE)
    deadline = time.monotonic() + START_SECONDS
    while stack.audit.handled_version_events(shop.name) < int(STABLE):
        if time.monotonic() > deadline:
            raise CellNotRunError(f"StartRollout did not handle the first versions within {START_SECONDS} s")
        time.sleep(0.1)
    shop.opt_in()


def _roll_out(stack: Stack, cell: Cell, shop: Shop) -> ObservedRollout:
    time.sleep(PERIOD_SECONDS)  # the limit for slow calls is learned from calls of the stable version
    observer = _start(stack, cell, shop)
    observer.wait_until_ended()
    occurrences = stack.occurrences(shop, cell.action)
    stack.request("clear-faults", contains=shop.name)  # a lasting fault ends with the execution
    if cell.fault.outside_action is OutsideAction.PUBLISH:
        observer.wait_until_next_ended()
    observer.wait_until_settled(_limit_seconds(stack))
    if cell.fault.outside_action is OutsideAction.COMMAND_LATE:
        give(stack, shop, ABORT, is_late=True)
        observer.wait_until_settled(_limit_seconds(stack))
    return observer.observed(occurrences, _limit_seconds(stack))


def _start(stack: Stack, cell: Cell, shop: Shop) -> Observer:
    """Publish the canary, and return the observer of its rollout, once its fault may occur."""
    if cell.state.command:
        shop.tag("rollout:policy", cell.state.command)
    if not cell.is_added_late:
        _add_faults(stack, cell, shop)
    shop.publish(delay_ms=2, fault_percent=100 if cell.is_canary_unhealthy else 0)
    observer = Observer(stack, cell, shop, wait_for_execution(stack, shop, CANARY))
    if cell.is_added_late:
        observer.wait_until_reached()
        shop.untag("rollout:policy")  # a newer version needs no approval and no hooks
        _add_faults(stack, cell, shop)
    return observer


def _add_faults(stack: Stack, cell: Cell, shop: Shop) -> None:
    for parameters in cell.fault_requests:
        stack.request("add-fault", **parameters, contains=shop.name)


def _limit_seconds(stack: Stack) -> float:
    """Return how long to wait for the guardian; only a few seconds if the stack has none."""
    return LIMIT_SECONDS if "GuardianFunction" in stack.ids else WITHOUT_GUARDIAN_SECONDS
