"""Runs one release of two functions with one fault, and returns what was observed."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from sandbox.shop import Shop
from stress.faults.given_command import WHY
from stress.faults.matrix.cells import Cell
from stress.faults.matrix.fault import OutsideAction
from stress.faults.observed_rollout import CANARY, ObservedRollout
from stress.faults.observer import STEADY_SECONDS, CellNotRunError, Observer
from stress.faults.outside_actions import OUTSIDE_ACTIONS
from stress.faults.release.matrix import STOPPED_IN_BAKE
from stress.faults.release.observed import ObservedPart, ObservedRelease
from stress.faults.release.start import start_release, waiting_functions
from stress.faults.run_cell import LIMIT_SECONDS, traffic
from stress.faults.stack import Stack
from stress.faults.stack_parameters import PERIOD_SECONDS
from stress.release_ledger import read_release

_POLL_SECONDS = 0.4
_END_SECONDS = 180
_LATE_START_SECONDS = 6
"""How long after the end of a release an execution may still appear: a delayed start may arrive."""


def run_release_cell(stack: Stack, cell: Cell, number: int) -> ObservedRelease:
    """Release two functions, let the fault occur in the release, and wait until everything is settled."""
    name = f"r{number:03}-{cell.state.label.lower()}"
    shops = [Shop(stack.local, f"{name}-{part}") for part in "ab"]
    with waiting_functions(stack, name, shops), ExitStack() as calls:
        for shop in shops:
            calls.enter_context(traffic(stack, shop))
        time.sleep(PERIOD_SECONDS)  # the limit for slow calls is learned from calls of the stable version
        for shop in shops:
            shop.publish(delay_ms=2)
        for fault in cell.fault_requests:
            stack.request("add-fault", **fault | {"contains": name + fault.get("contains", "")})
        return _RunningRelease(stack, cell, name, shops, start_release(stack, cell, name, shops)).observe()


@dataclass
class _RunningRelease:
    """A started release, with what the program has done to it."""

    stack: Stack
    cell: Cell
    name: str
    shops: list[Shop]
    execution: str
    has_acted: bool = False
    command: str = ""
    """The execution of the command abort."""

    def observe(self) -> ObservedRelease:
        """Return everything observed, once the release, its rollouts and its ledger entry are settled."""
        is_over = threading.Event()
        with ThreadPoolExecutor(len(self.shops)) as observers:
            observed = [observers.submit(self._observe_rollout, shop, is_over) for shop in self.shops]
            try:
                description = self._wait_until_ended()
            finally:
                occurrences = self._occurrences()
                self.stack.request("clear-faults", contains=self.name)  # a lasting fault ends with the execution
                is_over.set()
            rollouts = [each.result() for each in observed]
        self._wait_until_closed()
        pairs = zip(self.shops, rollouts, strict=True)
        return ObservedRelease(
            cell=self.cell,
            status=description["status"],
            error=description.get("error") or "",
            cause=description.get("cause") or "",
            parts=[self._part(shop, rollout) for shop, rollout in pairs],
            ledger=read_release(self.stack, self.name, self.execution),
            faults_occurred=occurrences,
            command=self.stack.describe(self.command)["status"] if self.command else "",
        )

    def _wait_until_ended(self) -> dict[str, Any]:
        deadline = time.monotonic() + _END_SECONDS
        while (description := self.stack.describe(self.execution))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise CellNotRunError(f"the release was still running after {_END_SECONDS} s")
            if not self.has_acted and self._occurrences():
                self.has_acted = True
                self._act()
            time.sleep(_POLL_SECONDS)
        return description

    def _act(self) -> None:
        action = self.cell.fault.outside_action
        if self.cell.fault is STOPPED_IN_BAKE:
            self._wait_until_in_bake()
        if action is OutsideAction.ABORT:
            self._abort()
        elif action is not OutsideAction.NOTHING:
            for shop in self.shops if action is OutsideAction.REDELIVER else self.shops[:1]:
                OUTSIDE_ACTIONS[action](self.stack, shop, self.execution)

    def _wait_until_in_bake(self) -> None:
        """Wait until both functions serve the canary alone, before the release is promoted; raise CellNotRunError."""
        deadline = time.monotonic() + _END_SECONDS
        while {self.stack.alias(shop).unsplit_version for shop in self.shops} != {CANARY}:
            if time.monotonic() > deadline:
                raise CellNotRunError(f"the functions were not promoted within {_END_SECONDS} s")
            time.sleep(_POLL_SECONDS)
        if (status := read_release(self.stack, self.name, self.execution).status) != "promoting":
            raise CellNotRunError(f"the release was {status} before its execution was stopped in the bake")

    def _abort(self) -> None:
        order = {"release": self.name, "command": "abort", "why": WHY}
        response = self.stack.client("stepfunctions").start_execution(
            stateMachineArn=self.stack.outputs["CommandStateMachineArn"], input=json.dumps(order)
        )
        self.command = response["executionArn"]

    def _occurrences(self) -> int:
        faults = [fault for fault in self.stack.request("list-faults") if fault["contains"].startswith(self.name)]
        return max((fault["applied"] for fault in faults), default=0)

    def _observe_rollout(self, shop: Shop, is_over: threading.Event) -> ObservedRollout | None:
        """Return what was observed of the rollout of a function; None where the release has started none."""
        execution = self._find_execution(shop, is_over)
        if execution is None:
            return None
        cell = Cell(self.cell.state, replace(self.cell.fault, outside_action=OutsideAction.NOTHING))
        observer = Observer(self.stack, cell, shop, execution)
        observer.wait_until_ended()
        observer.wait_until_settled(LIMIT_SECONDS)
        return observer.observed(1, LIMIT_SECONDS)

    def _find_execution(self, shop: Shop, is_over: threading.Event) -> str | None:
        deadline = float("inf")
        while time.monotonic() < deadline:
            if executions := self.stack.executions_of(shop, CANARY):
                return executions[0]
            if is_over.is_set():
                deadline = min(deadline, time.monotonic() + _LATE_START_SECONDS)
            time.sleep(_POLL_SECONDS)
        return None

    def _wait_until_closed(self) -> None:
        """Wait until the ledger has closed the release, or for two sweeps of the guardian."""
        deadline = time.monotonic() + LIMIT_SECONDS + STEADY_SECONDS
        while read_release(self.stack, self.name, self.execution).is_open and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def _part(self, shop: Shop, rollout: ObservedRollout | None) -> ObservedPart:
        return ObservedPart(
            function=shop.name,
            alias=self.stack.alias(shop),
            rollout=rollout,
            remaining_lock_holder=self.stack.lock_holder(shop),
            updates=sum(not update.by_hand for update in self.stack.audit.updates(shop.name)),
        )
