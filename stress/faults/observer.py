"""Observes one rollout by AWS calls until alias, ledger and lock are settled."""

import time
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from sandbox.shop import Shop
from stress.faults import commands
from stress.faults.matrix.cells import Cell
from stress.faults.observed_rollout import CANARY, GUARDIAN, NEWER, Alias, ObservedRollout
from stress.faults.outside_actions import OUTSIDE_ACTIONS
from stress.faults.stack import Stack

STEADY_SECONDS = 2.5
"""How long the state must stay settled: a delayed write may still arrive."""
START_SECONDS = 30
_REACHED_SECONDS = 60
_POLL_SECONDS = 0.4
_END_SECONDS = 120


class CellNotRunError(Exception):
    """When a cell did not reach the point where its fault occurs."""


def wait_for_execution(stack: Stack, shop: Shop, version: str) -> str:
    """Return the execution of a version; raise CellNotRunError if none starts within START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while not (executions := stack.executions_of(shop, version)):
        if time.monotonic() > deadline:
            raise CellNotRunError(f"no rollout of version {version} was started within {START_SECONDS} s")
        time.sleep(_POLL_SECONDS)
    return executions[0]


@dataclass
class Observer:
    """Polls one rollout and keeps what it reads."""

    stack: Stack
    cell: Cell
    shop: Shop
    execution: str
    has_acted: bool = False
    has_commanded: bool = False
    refusal: str = ""
    edit_revision: str = ""
    next_execution: str = ""
    next_ending: str = ""
    holders: set[str] = field(default_factory=set)
    reads_without_lock: int = 0
    description: dict[str, Any] = field(default_factory=dict)
    alias_at_end: Alias | None = None
    ended_at: float = 0
    unsplit_since: float | None = None
    settled_since: float | None = None

    def wait_until_reached(self) -> None:
        """Wait until the rollout waits for an approval or calls its hook; raise CellNotRunError if it does not."""
        state = self.cell.state
        deadline = time.monotonic() + _REACHED_SECONDS
        while not (self._calls_hook() if state.hook_point else self._waits_for_approval()):
            if time.monotonic() > deadline:
                place = state.hooks_state or "its approval"
                raise CellNotRunError(f"the rollout did not come to {place} within {_REACHED_SECONDS} s")
            self._read()
            time.sleep(_POLL_SECONDS)

    def _waits_for_approval(self) -> bool:
        return any("gate" in entry for entry in self.stack.ledger(self.shop) if entry["entry"] == "lock")

    def _calls_hook(self) -> bool:
        return self.cell.state.hooks_state in self.stack.states(self.execution)

    def wait_until_ended(self) -> None:
        """Wait for the end of the execution, and take the outside action as soon as the fault has occurred."""
        deadline = time.monotonic() + _END_SECONDS
        while self._read()["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise CellNotRunError(f"its execution was still running after {_END_SECONDS} s")
            self._act_once()
            self._command_once()
            time.sleep(_POLL_SECONDS)
        self.ended_at = time.monotonic()
        self.alias_at_end = self.stack.alias(self.shop)

    def wait_until_next_ended(self) -> None:
        """Wait for the end of the newer version's rollout."""
        self.next_execution = wait_for_execution(self.stack, self.shop, NEWER)
        deadline = time.monotonic() + _END_SECONDS
        while (description := self.stack.describe(self.next_execution))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise CellNotRunError(f"the newer version's execution was still running after {_END_SECONDS} s")
            self._read()
            time.sleep(_POLL_SECONDS)
        self.next_ending = description.get("error") or description["status"]
        self.ended_at = time.monotonic()

    def wait_until_settled(self, limit_seconds: float) -> None:
        """Wait until alias, ledger and lock have stayed settled for STEADY_SECONDS, or until the limit has passed."""
        while time.monotonic() < self.ended_at + limit_seconds + STEADY_SECONDS:
            now, alias = time.monotonic(), self.stack.alias(self.shop)
            self.unsplit_since = (self.unsplit_since or now) if alias.unsplit_version else None
            self.settled_since = (self.settled_since or now) if self._is_settled(alias) else None
            if self.settled_since and now > self.settled_since + STEADY_SECONDS:
                return
            time.sleep(_POLL_SECONDS)

    def observed(self, faults_occurred: int, limit_seconds: float) -> ObservedRollout:
        """Return everything observed so far, with a last read of alias and ledger."""
        entries = self.stack.ledger(self.shop)
        alias = self.stack.alias(self.shop)
        return ObservedRollout(
            cell=self.cell,
            execution=self.execution,
            executions=len(self.stack.executions_of(self.shop, CANARY)),
            status=self.description["status"],
            error=self.description.get("error") or "",
            cause=self.description.get("cause") or "",
            alias=alias,
            alias_at_end=self.alias_at_end or alias,
            unsplit_after_seconds=self._unsplit_after_seconds(alias),
            limit_seconds=limit_seconds,
            updates=self.stack.audit.updates(self.shop.name),
            edit_revision=self.edit_revision,
            rollouts=[entry for entry in entries if self._is_of_canary(entry)],
            next_execution=self.next_execution,
            next_ending=self.next_ending,
            holders=frozenset(self.holders),
            reads_without_lock=self.reads_without_lock,
            remaining_lock_holder=next((str(e.get("holder")) for e in entries if e["entry"] == "lock"), ""),
            faults_occurred=faults_occurred,
            refusal=self.refusal,
            commands=commands.given(self.stack, self.shop),
            evaluation_reasons=[entry["reason"] for entry in entries if entry["entry"].startswith("evaluation#")],
            states=self.stack.states(self.execution) if self.cell.state.hook_point else frozenset(),
        )

    def _is_of_canary(self, entry: dict[str, Any]) -> bool:
        """Whether an entry is of a rollout of the canary; the guardian's own entry of one holds no versions."""
        is_own = entry["entry"].startswith("rollout#") and entry["entry"].endswith(
            f"#{self.execution.rpartition(':')[2]}"
        )
        return is_own or (entry["entry"].startswith("rollout#") and entry.get("canary_version") == CANARY)

    def _unsplit_after_seconds(self, alias: Alias) -> float | None:
        if self.unsplit_since is None or not alias.unsplit_version:
            return None
        seconds = self.unsplit_since - self.ended_at
        was_unsplit_at_end = bool(self.alias_at_end and self.alias_at_end.unsplit_version)
        return 0.0 if was_unsplit_at_end and seconds < 1 else seconds

    def _read(self) -> dict[str, Any]:
        holder = self.stack.lock_holder(self.shop)
        self.description = self.stack.describe(self.execution)
        is_running = self.description["status"] == "RUNNING"
        self.reads_without_lock += is_running and not holder and self._has_begun()
        # The guardian may take over the lock only after the execution has ended.
        if holder and (is_running or not holder.startswith(GUARDIAN)):
            self.holders.add(holder)
        return self.description

    def _has_begun(self) -> bool:
        """Whether the ledger has the rollout as running, so that it must hold the lock."""
        return any(entry.get("outcome") == "running" for entry in self.stack.ledger(self.shop))

    def _is_settled(self, alias: Alias) -> bool:
        entries = self.stack.ledger(self.shop)
        is_open = any(entry["entry"] == "lock" or entry.get("outcome") == "running" for entry in entries)
        is_answered = all(command.status != "RUNNING" for command in commands.given(self.stack, self.shop))
        return alias.unsplit_version is not None and not is_open and is_answered

    def _command_once(self) -> None:
        """Give the command of the cell: at the approval if the fault is its own, otherwise once the fault occurred."""
        state = self.cell.state
        if not state.command or self.cell.fault.is_found or self.has_commanded:
            return
        if state.takes_command or self._has_fault_occurred():
            self.has_commanded = True
            commands.give(self.stack, self.shop, state.command)

    def _has_fault_occurred(self) -> bool:
        return self.stack.occurrences(self.shop, self.cell.action) > 0

    def _act_once(self) -> None:
        action = self.cell.fault.outside_action
        if action not in OUTSIDE_ACTIONS or self.has_acted or not self._has_fault_occurred():
            return
        self.has_acted = True
        try:
            self.edit_revision = OUTSIDE_ACTIONS[action](self.stack, self.shop, self.execution) or ""
        except ClientError as error:
            self.refusal = str(error)
