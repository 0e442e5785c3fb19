"""Sample hooks: policies that call them, and rollouts at each of their points."""

import json
from datetime import datetime, timedelta
from typing import Any

from rollout.domain.enums import HookPoint, Phase, Start
from rollout.judging.observation import Observation
from rollout.lifecycle.evaluate import Surroundings, evaluate
from rollout.lifecycle.hooks.calls import begin_hooks
from rollout.lifecycle.ownership import Ownership
from rollout.state.alias import AliasState
from rollout.state.commands.taken import TakenCommand
from rollout.state.hold import Hold
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from tests.samples import AT, ON_AWS, observation_of, policy, rollout

HEALTHY = observation_of(*[(100, 0, 900, 9)] * 30)
BAD = observation_of(*[(100, 60, 900, 9)] * 30)
POINTS = (HookPoint.BEFORE_TRAFFIC, HookPoint.EACH_STEP, HookPoint.AFTER_TRAFFIC)


def answer(verdict: str | None = None, **fields: object) -> dict[str, Any]:
    """Return what the Map state holds for a hook that has returned this verdict; None for a hook that has nothing."""
    returned = fields | ({"verdict": verdict} if verdict else {})
    return {"answer": json.dumps(returned or None)}


def failure(error: str, cause: str = "") -> dict[str, Any]:
    """Return what the Map state holds for a call that has failed."""
    return {"failure": {"Error": error, "Cause": cause}}


def with_hooks(point: HookPoint, *names: str, **changes: object) -> Rollout:
    """Return a rollout whose next evaluation is at this point, and that calls these hooks there."""
    hooks = {point: [{"function": name, **changes} for name in names or ("smoke",)]}
    plan = policy(hooks=hooks)
    if point is HookPoint.BEFORE_TRAFFIC:
        before = rollout(step=0, first_shift_at=None, step_started_at=None, start=Start.RUN_BEFORE_TRAFFIC_HOOKS)
        return begin_hooks(before.model_copy(update={"policy": plan}), AT)
    return rollout(policy=plan, phase=Phase.BAKE if point is HookPoint.AFTER_TRAFFIC else Phase.SHIFTING)


def evaluated(
    begun: Rollout,
    *commands: TakenCommand,
    after: float = 600,
    observation: Observation | None = HEALTHY,
    hold: Hold | None = None,
) -> Rollout:
    """Return the rollout after an evaluation so many seconds after AT, under the lock with these commands."""
    lock = lock_of(begun).model_copy(update={"commands": commands})
    written = begun.written_alias
    alias = AliasState(version=written.version, shares=written.shares, revision_id="revision-2")
    found = Surroundings(ownership=Ownership(alias=alias, lock=lock), hold=hold)
    seen = None if begun.is_before_traffic else observation
    if seen and begun.phase is Phase.BAKE:
        seen = seen.model_copy(update={"phase": Phase.BAKE})
    return evaluate(begun, seen, found, AT + timedelta(seconds=after), ON_AWS)


def called(point: HookPoint, *names: str, **changes: object) -> Rollout:
    """Return the rollout after the evaluation that calls the hooks of this point."""
    begun = with_hooks(point, *names, **changes)
    return begun if point is HookPoint.BEFORE_TRAFFIC else evaluated(begun)


def answered(calling: Rollout, *results: object, after: float = 605, **rest: Any) -> Rollout:
    """Return the rollout after the evaluation that reads what these calls returned."""
    return evaluated(calling.model_copy(update={"hook_answers": [*results]}), after=after, **rest)


def seconds_after(at: datetime | None) -> float:
    """Return how many seconds after AT a time is."""
    assert at is not None
    return (at - AT).total_seconds()
