"""The promises, checked at each write and after the scenario has settled."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rollout.lifecycle.orders import orders_of
from rollout.state.commands.taken import TakenCommand
from rollout.state.rollout import read_rollout
from tests.interleavings.actors import Actor, current_actor
from tests.interleavings.lambda_client import ANOTHER_WRITER, Routing

if TYPE_CHECKING:
    from tests.interleavings.execution import Execution
    from tests.interleavings.scenario import Scenario

GUARDIAN = "guardian"
MOVED = "was moved by another writer"
NOTHING_WRITTEN = "before it wrote to"
LEFT_WITH_SHARE = re.compile(r"is left with (\d+) % on version (\d)")
FOR_A_PERSON = "for a person to decide"
"""Phrases of the reasons and causes that state something about the alias."""


class Promises:
    """Raises AssertionError as soon as a promise is broken; the message begins with the promise's number."""

    def __init__(self, scenario: "Scenario") -> None:
        self._scenario = scenario
        self._repaired: set[str] = set()
        """Executions whose alias the guardian has written since it took over their lock."""
        self._last_writes: dict[str, int] = {}
        """For each execution, the position of its last write in the alias's history."""
        self._first_writes: dict[str, int] = {}
        self._unmarked: set[str] = set()
        """Executions whose RollBack could not mark the lock, so that a late task may have split the alias again."""
        self._wrote_without_lock = False
        """Whether a rollback that could not read its lock has written an alias that it no longer owned."""

    def check_alias_write(self, before: Routing, after: Routing) -> None:
        """Check P2 and P3 at each UpdateAlias of the orchestrator."""
        actor = current_actor()
        if actor is None:
            return
        if actor.name == "RollBack" and actor.refused_lookups:
            self._unmarked.add(actor.execution)
        if actor.owner == GUARDIAN:
            self._repaired.add(actor.execution)
        if not self._only_changes_revision(actor, before, after):
            self._check_nothing_is_overwritten(before, after, actor.execution)
            position = len(self._scenario.lambda_.history) - 1
            self._first_writes.setdefault(actor.execution, position)
            self._last_writes[actor.execution] = position
        self._check_lock_is_held(actor)
        self._check_stable_is_kept(actor)
        self._check_is_not_frozen(actor, before, after)

    def _check_stable_is_kept(self, actor: Actor) -> None:
        """Check that Lambda refuses to delete stable from before the first write of a rollout on."""
        lambda_ = self._scenario.lambda_
        if actor.name not in ("ShiftTraffic", "PromoteVersion") or lambda_.deleted_for_another:
            return
        stable = self._scenario.execution(actor.execution).document["stable_version"]
        kept = lambda_.stable_alias and lambda_.stable_alias["FunctionVersion"]
        assert kept == stable, f"{actor.name} of {actor.execution} has written while version {stable} was not kept"

    def _check_is_not_frozen(self, actor: Actor, before: Routing, after: Routing) -> None:
        """Check that a rollback that could read its lock, and the guardian, leave a frozen alias as it is."""
        decides = actor.owner == GUARDIAN or (actor.name == "RollBack" and not actor.refused_lookups)
        taken = json.loads(self._scenario.dynamodb.entry("lock").get("commands", "[]"))
        orders = orders_of([TakenCommand.model_validate(each) for each in taken])
        is_same = (before.version, before.weights) == (after.version, after.weights)
        assert is_same or not (decides and orders.is_frozen), f"P1: {actor.name} has written a frozen alias"

    def _only_changes_revision(self, actor: Actor, before: Routing, after: Routing) -> bool:
        """Whether a repair or a rollback repeats the routing of an alias that its rollout has not written."""
        is_same = (before.version, before.weights) == (after.version, after.weights)
        is_return = actor.owner == GUARDIAN or actor.name in ("RollBack", "RestoreAlias")
        return is_same and is_return and actor.execution not in self._last_writes

    def _check_nothing_is_overwritten(self, before: Routing, after: Routing, arn: str) -> None:
        if before.writer != ANOTHER_WRITER:
            return
        execution = self._scenario.execution(arn)
        stable, canary = execution.document["stable_version"], execution.document["canary_version"]
        if execution.document["revision_id"] == f"revision-{len(self._scenario.lambda_.history) - 1}":
            return  # PrepareRollout read this routing, or it equals the one the rollout was about to write.
        shares = {version: weight * 100 for version, weight in before.weights.items()}
        is_as_decided = read_rollout(execution.document).written_alias.serves(before.version, shares)
        if is_as_decided and not self._has_written_since_decision(execution):
            return  # Only the revision differs from what the rollout decided on, as after a changed description.
        is_own_state = before.versions <= {stable, canary} and (
            before.version == stable or "PromoteVersion" in execution.path
        )
        assert is_own_state, f"P2: {execution.name} has overwritten {before} with {after}"
        assert after.unsplit_version, f"P2: {execution.name} has split {before} again"

    def _has_written_since_decision(self, execution: "Execution") -> bool:
        """Whether a task of the execution has written after the revision in the document, which does not know it."""
        decided_on = int(execution.document["revision_id"].removeprefix("revision-")) - 1
        return self._last_writes.get(execution.arn, decided_on) > decided_on

    def _check_lock_is_held(self, actor: Actor) -> None:
        entry = self._scenario.dynamodb.entry("lock")
        owner = json.loads(entry["lock_document"])["holder"]["arn"] if entry else None
        is_held = owner == actor.execution and (actor.owner == GUARDIAN) <= (entry["holder"] != owner)
        is_late = actor.owner != GUARDIAN and actor.execution in self._repaired
        if is_held and not is_late:
            return
        # A rollback writes even if it cannot read the ledger: an unreadable ledger must not leave the alias split.
        if actor.name == "RollBack" and actor.refused_lookups:
            self._wrote_without_lock = True
            return
        raise AssertionError(f"P3: {actor.name} of {actor.execution} has written while {owner} held the lock")

    def check_ledger_write(self, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """Check P10 at each ending that is recorded in the ledger."""
        if not after:
            return
        if after["entry"] == "lock" and (before is None or before["holder"] != after["holder"]):
            self._repaired.discard(after["holder"])
        if after["entry"].startswith("rollout#") and after["outcome"] != "running" and after != before:
            name = after["entry"].rpartition("#")[2]
            execution = next(execution for execution in self._scenario.executions if execution.name == name)
            self._check_outcome(execution, after["outcome"], after["reason"])

    def check_missed_version(self, version: str) -> None:
        """Check P7 when the guardian starts a missed version: no rollout of it began before the guardian did."""
        guardian = current_actor()
        limit = guardian.first_seen_write if guardian else 0
        earlier = [each for each in self._scenario.executions if self._first_writes.get(each.arn, limit) < limit]
        repeated = [each.name for each in earlier if each.document.get("canary_version") == version]
        assert not repeated, f"P7: version {version} is started again after {repeated}"

    def _check_outcome(self, execution: "Execution", outcome: str, reason: str) -> None:
        history = self._scenario.lambda_.history
        message = f"P10: {execution.name} is {outcome} ({reason}) after {history}"
        self._check_outcome_is_true(execution, outcome, message)
        if NOTHING_WRITTEN in reason:
            assert execution.arn not in self._last_writes, message
        if MOVED in reason:
            assert self._wrote_without_lock or any(each.writer == ANOTHER_WRITER for each in history), message
        if share := LEFT_WITH_SHARE.search(reason):
            own_routing = history[self._last_writes[execution.arn]]
            assert own_routing.weights == {share[2]: int(share[1]) / 100}, message

    def _check_outcome_is_true(self, execution: "Execution", outcome: str, message: str) -> None:
        history = self._scenario.lambda_.history
        unsplit = {routing.unsplit_version for routing in history[self._last_split(execution.arn) :]}
        is_true: dict[str, Callable[[], bool]] = {
            "rolled_back": lambda: execution.document["stable_version"] in unsplit,
            "promoted": lambda: execution.document["canary_version"] in unsplit,
            "rollback_failed": lambda: "RestoreAlias" in execution.path or execution.arn in self._unmarked,
            "rejected": lambda: execution.arn not in self._last_writes,
            "handed_over": lambda: True,
        }
        assert is_true[outcome](), message

    def _last_split(self, arn: str) -> int:
        """Return the position of the execution's last split in the alias's history; 0 if there is none."""
        history = enumerate(self._scenario.lambda_.history)
        return max((n for n, each in history if each.writer == arn and not each.unsplit_version), default=0)

    def check_settled(self) -> None:
        """Check P1, P6 and P10, and that no lock and no open entry remains, after the scenario has settled."""
        scenario = self._scenario
        for execution in scenario.executions:
            assert not execution.is_running, f"{execution.name} does not end: {execution.path[-8:]}"
            self._check_ending(execution)
        self._check_one_of_each_family_began()
        lock = scenario.dynamodb.entry("lock")
        assert not lock, f"a lock remains after its rollout: {lock}"
        stable_alias = scenario.lambda_.stable_alias
        assert not stable_alias or self._was_left_late(stable_alias), f"a stable alias remains: {stable_alias}"
        entries = scenario.dynamodb.entries()
        # The search for the writer of a moved alias stays open until CloudTrail names it, or for two hours.
        # So do the searches for who gave a command and who started a rollout.
        # A version whose execution was stopped stays in the queue, and no longer counts as waiting.
        searches = ("writer#", "command#", "starter#", "queue")
        open_entries = [e["entry"] for e in entries if e.get("open") and not e["entry"].startswith(searches)]
        assert not open_entries, f"entries remain open in the ledger: {open_entries}"
        self._check_aborts(entries)
        routing = scenario.lambda_.routing
        is_left_by_policy = any(FOR_A_PERSON in item.get("reason", "") for item in entries)
        is_left = routing.writer == ANOTHER_WRITER or is_left_by_policy
        assert routing.unsplit_version or is_left, f"P1: the alias stays split: {scenario.format_history()}"

    def _check_aborts(self, entries: list[dict[str, Any]]) -> None:
        """Check P11: an aborted rollout is not promoted, unless CloseRollout recorded its ending at the same time."""
        aborted = {e["rollout_execution"] for e in entries if e.get("command") == "abort"}
        promoted = {e["execution_arn"] for e in entries if e.get("outcome") == "promoted"}
        for arn in aborted & promoted:
            path = self._scenario.execution(arn).path
            assert "CloseRollout" in path, f"P11: {arn} was aborted and is promoted: {path}"

    def _check_one_of_each_family_began(self) -> None:
        """Check P7: of an execution and those that took its place in the queue, at most one has written."""
        writers = [execution.name for execution in self._scenario.executions if execution.arn in self._first_writes]
        families = [re.sub(r"-wait\d+$", "", name) for name in writers]
        assert len(families) == len({*families}), f"P7: a version was rolled out twice: {writers}"

    def _was_left_late(self, stable_alias: dict[str, str]) -> bool:
        """Whether a stopped PrepareRollout ran on beside the end of its rollout; the next rollout deletes the alias."""
        owners = [each for each in self._scenario.executions if stable_alias["Description"].endswith(each.name)]
        return any(task.name == "PrepareRollout" for each in owners for task in each.stale_tasks)

    def _check_ending(self, execution: "Execution") -> None:
        ending = execution.document.get("ending", {})
        if execution.state == "RolloutRejected":
            assert execution.arn not in self._last_writes, f"P6: {execution.name} was rejected after it had written"
        if execution.status != "ABORTED" and ending:
            self._check_outcome(execution, ending["outcome"], ending["Cause"])
