"""What is promised, checked at each write and when everybody has come to rest."""

import json
import re
from typing import TYPE_CHECKING, Any

from tests.interleavings.actors import at_work
from tests.interleavings.functions import Pointing

if TYPE_CHECKING:
    from tests.interleavings.machine import Execution
    from tests.interleavings.world import World

_GUARDIAN, _STRANGER = "guardian", "stranger"


class Promises:
    """Fails as soon as one of them is broken; the message begins with its number."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._mended: set[str] = set()
        """Executions whose alias the guardian has written since it seized their claim."""
        self._written: dict[str, int] = {}
        """When each execution last wrote the alias, as a place in its history."""
        self._first: dict[str, int] = {}
        """When each execution first did."""
        self._intruded = False
        """Whether a rollout that could not read its claim has written an alias that was no longer its own."""

    def alias_written(self, before: Pointing, after: Pointing) -> None:
        """P2 and P3, at each write of ours."""
        actor = at_work()
        if actor is None:
            return
        if actor.owner == _GUARDIAN:
            self._mended.add(actor.behalf)
        if not self._is_as_found(actor, before, after):
            self._first.setdefault(actor.behalf, len(self._world.functions.history) - 1)
            self._written[actor.behalf] = len(self._world.functions.history) - 1
            self._nobody_is_overwritten(before, after, actor.behalf)
        self._the_claim_is_held(actor)

    def _is_as_found(self, actor: Any, before: Pointing, after: Pointing) -> bool:
        """Whether the guardian gives an alias another revision and no more, where its rollout has written nothing."""
        is_same = (before.version, before.weights) == (after.version, after.weights)
        return is_same and actor.owner == _GUARDIAN and actor.behalf not in self._written

    def _nobody_is_overwritten(self, before: Pointing, after: Pointing, arn: str) -> None:
        if before.by != _STRANGER:
            return
        execution = self._world.execution(arn)
        stable, canary = execution.document["stable_version"], execution.document["canary_version"]
        if execution.document["revision_id"] == f"revision-{len(self._world.functions.history) - 1}":
            return  # Found so by PrepareRollout, or just as we meant to write it.
        is_ours = before.versions <= {stable, canary} and (
            before.version == stable or "PromoteVersion" in execution.way
        )
        assert is_ours, f"P2: {execution.name} has overwritten {before} with {after}"
        assert after.alone, f"P2: {execution.name} has split {before} anew"

    def _the_claim_is_held(self, actor: Any) -> None:
        entry = self._world.table.entry("lock")
        owner = json.loads(entry["lock_document"])["holder"]["arn"] if entry else None
        by_right = owner == actor.behalf and (actor.owner == _GUARDIAN) <= (entry["holder"] != owner)
        late = actor.owner != _GUARDIAN and actor.behalf in self._mended
        if by_right and not late:
            return
        # A ledger that cannot be read keeps no alias split.
        if actor.name == "RollBack" and actor.reads_refused:
            self._intruded = True
            return
        raise AssertionError(f"P3: {actor.name} of {actor.behalf} has written under the claim of {owner}")

    def entry_written(self, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """P10, at each ending that is entered in the ledger."""
        if not after:
            return
        if after["entry"] == "lock" and (before is None or before["holder"] != after["holder"]):
            self._mended.discard(after["holder"])
        if after["entry"].startswith("rollout#") and after["outcome"] != "running" and after != before:
            name = after["entry"].rpartition("#")[2]
            execution = next(one for one in self._world.executions if one.name == name)
            self._is_true(execution, after["outcome"], after["reason"])

    def version_was_missed(self, version: str) -> None:
        """P7, when the guardian starts a version it takes for missed: nobody had begun it before the guardian came."""
        guardian = at_work()
        came_at = guardian.came_at if guardian else 0
        known = [one for one in self._world.executions if self._first.get(one.arn, came_at) < came_at]
        rolled_out = [one.name for one in known if one.document.get("canary_version") == version]
        assert not rolled_out, f"P7: version {version} is started again after {rolled_out}"

    def _is_true(self, execution: "Execution", outcome: str, reason: str) -> None:
        history = self._world.functions.history
        since = self._last_split(execution.arn)
        document = execution.document
        alone = {pointing.alone for pointing in history[since:]}
        said = f"P10: {execution.name} is {outcome} ({reason}) after {history}"
        if outcome == "rolled_back":
            assert document["stable_version"] in alone, said
        if outcome == "promoted":
            assert document["canary_version"] in alone, said
        if "before it had written" in reason or outcome == "rejected":
            assert execution.arn not in self._written, said
        if "was moved by somebody else" in reason:
            assert self._intruded or any(one.by == _STRANGER for one in history), said
        if left := re.search(r"is left with (\d+) % on version (\d)", reason):
            mine = history[self._written[execution.arn]]
            assert mine.weights == {left[2]: int(left[1]) / 100}, said

    def _last_split(self, arn: str) -> int:
        history = self._world.functions.history
        return max((n for n, one in enumerate(history) if one.by == arn and not one.alone), default=0)

    def at_the_end(self) -> None:
        """P1, P6 and P10, and nothing is left lying about, when everybody has come to rest."""
        world = self._world
        for execution in world.executions:
            assert not execution.is_running, f"{execution.name} never ends: {execution.way[-8:]}"
            self._ended_truly(execution)
        lock = world.table.entry("lock")
        assert not lock, f"a claim outlives its rollout: {lock}"
        left_open = [item["entry"] for item in world.table.entries() if item.get("open")]
        assert not left_open, f"left open in the ledger: {left_open}"
        now = world.functions.now
        left_by_policy = any("for a person to decide" in item.get("reason", "") for item in world.table.entries())
        assert now.alone or now.by == _STRANGER or left_by_policy, f"P1: split for good: {world.told()}"

    def _ended_truly(self, execution: "Execution") -> None:
        ending = execution.document.get("ending", {})
        if execution.state == "RolloutRejected":
            assert execution.arn not in self._written, f"P6: {execution.name} was rejected after it had written"
        if execution.status != "ABORTED" and ending:
            self._is_true(execution, ending["outcome"], ending["Cause"])
