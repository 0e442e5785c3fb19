"""Decides which hooks are called before a rollout goes on."""

import math
from datetime import datetime

from rollout.domain.durations import format_duration
from rollout.domain.enums import HookPoint, HookResult, Move, Phase, Start
from rollout.domain.lambda_names import function_arn
from rollout.domain.text import format_minute, format_names, shorten
from rollout.lifecycle.hooks.run import PLACES, hooks_at, run_at
from rollout.lifecycle.orders import Orders
from rollout.lifecycle.wanted_move import is_hold_over
from rollout.policy.hooks import LONGEST_CALL_SECONDS, Hook, RollbackHook, call_evaluations
from rollout.state.hold import Hold
from rollout.state.hooks.call import HookCall, HookEvent
from rollout.state.hooks.run import HookRun
from rollout.state.rollout import Rollout

MOVES = {
    HookPoint.BEFORE_TRAFFIC: Move.RUN_BEFORE_TRAFFIC_HOOKS,
    HookPoint.EACH_STEP: Move.RUN_STEP_HOOKS,
    HookPoint.AFTER_TRAFFIC: Move.RUN_AFTER_TRAFFIC_HOOKS,
}
"""The move that calls the hooks of each point."""


def begin_hooks(rollout: Rollout, now: datetime) -> Rollout:
    """Return a rollout that begins, with the calls of its hooks before traffic and those after a rollback.

    A part of a release calls none yet: its first evaluation waits for the parts that it comes after.
    """
    hooks = rollout.policy.hooks
    if rollout.start not in (Start.BEGIN, Start.PROMOTE, Start.RUN_BEFORE_TRAFFIC_HOOKS):
        return rollout
    if hooks.on_rollback:
        rollout = rollout.model_copy(update={"rollback_hooks": _rollback_calls(rollout, hooks.on_rollback, now)})
    if rollout.release:
        return rollout.model_copy(update={"next_move": Move.RUN_BEFORE_TRAFFIC_HOOKS, "hook_run": _no_calls(now)})
    if not hooks.before_traffic:
        return rollout
    return with_calls(rollout, run_at(rollout, now), now)


def _no_calls(now: datetime) -> HookRun:
    """Return a run that calls no hook, and that counts at no point of the rollout."""
    return HookRun(point=HookPoint.BEFORE_TRAFFIC, step=-1, since=now, hooks=())


def call_hooks(decided: Rollout, orders: Orders, now: datetime, *, hold: Hold | None = None) -> Rollout:
    """Return the rollout as decided, or with the calls of hooks that have to agree first, or with the wait for them.

    `hold` says why the canary may get no more traffic; None if it may.
    """
    run = run_at(decided, now)
    if run.is_passed or not (_goes_on(decided) or _may_call_early(decided, orders, now, hold)):
        return decided
    if any(hook.is_due(now) for hook in run.hooks):
        return with_calls(decided, run, now)
    return _waiting_for_hooks(decided, run, now)


def _goes_on(decided: Rollout) -> bool:
    """Whether the rollout goes on as soon as the hooks of the present point agree."""
    move = decided.next_move
    return move is Move.FINISH or (move is not None and move.gives_more_traffic)


def _may_call_early(decided: Rollout, orders: Orders, now: datetime, hold: Hold | None) -> bool:
    """Whether hooks are called although the rollout waits, where no command and no freeze holds it.

    Those after traffic are called as soon as the bake begins. Those of a step are called when its hold is over, also
    with too few calls: a hook may be what calls an idle function.
    """
    is_held = orders.held_since is not None or decided.alias_missing > 0 or decided.gate is not None or hold is not None
    if decided.next_move is not Move.WAIT or is_held or decided.is_before_traffic:
        return False
    return decided.phase is Phase.BAKE or is_hold_over(decided, orders, now)


def with_calls(rollout: Rollout, run: HookRun, now: datetime) -> Rollout:
    """Return the rollout whose next move calls the hooks that are due."""
    hooks = hooks_at(rollout.policy.hooks, run.point)
    due = [number for number, hook in enumerate(run.hooks) if hook.is_due(now)][: 1 if run.one_by_one else None]
    calls = tuple(_call(rollout, run, number, hooks[number], now) for number in due)
    names = format_names(hooks[number].function for number in due)
    reason = f"the hooks {PLACES[run.point]} are called: {names}"
    return rollout.model_copy(
        update={
            "next_move": MOVES[run.point],
            "hook_run": run.model_copy(update={"calls": calls}),
            "hook_evaluations": rollout.hook_evaluations + call_evaluations(len(due)),
            "reason": shorten("; ".join(filter(None, [rollout.reason, reason]))),
            "ending": None,
        }
    )


def _call(rollout: Rollout, run: HookRun, number: int, hook: Hook, now: datetime) -> HookCall:
    left = math.ceil(hook.timeout - (now - run.since).total_seconds())
    return HookCall(
        number=number,
        function_arn=function_arn(rollout.target.account_region, hook.function),
        timeout_seconds=max(1, min(left, LONGEST_CALL_SECONDS)),
        event=_event(rollout, run.point, run.hooks[number].calls + 1, run.since),
    )


def _rollback_calls(rollout: Rollout, hooks: list[RollbackHook], now: datetime) -> tuple[HookCall, ...]:
    return tuple(
        HookCall(
            number=number,
            function_arn=function_arn(rollout.target.account_region, hook.function),
            timeout_seconds=hook.timeout,
            event=_event(rollout, HookPoint.ON_ROLLBACK, 1, now),
        )
        for number, hook in enumerate(hooks)
    )


def _event(rollout: Rollout, point: HookPoint, attempt: int, since: datetime) -> HookEvent:
    arn = function_arn(rollout.target.account_region, rollout.target.function)
    return HookEvent(
        **dict(rollout.target),
        hook=point,
        rollout=rollout.execution.arn,
        stable_version=rollout.stable_version,
        canary_version=rollout.canary_version,
        stable_arn=f"{arn}:{rollout.stable_version}",
        canary_arn=f"{arn}:{rollout.canary_version}",
        alias_arn=f"{arn}:{rollout.target.alias}",
        step=rollout.step,
        percent=rollout.percent,
        next_percent=_next_percent(rollout, point),
        attempt=attempt,
        since=since,
    )


def _next_percent(rollout: Rollout, point: HookPoint) -> float:
    if point is HookPoint.ON_ROLLBACK:
        return 0
    is_promoted = rollout.phase is not Phase.SHIFTING or rollout.next_move is Move.PROMOTE or rollout.is_last_step
    return 100 if is_promoted else rollout.policy.steps[rollout.step].percent


def _waiting_for_hooks(decided: Rollout, run: HookRun, now: datetime) -> Rollout:
    hooks = hooks_at(decided.policy.hooks, run.point)
    pending = [number for number, hook in enumerate(run.hooks) if hook.result is HookResult.PENDING]
    times = [again_at for number in pending if (again_at := run.hooks[number].again_at)]
    again_at = min(times, default=now)
    names = format_names(hooks[number].function for number in pending)
    since = format_duration(round((now - run.since).total_seconds()))
    reason = (
        f"waits for the hooks {PLACES[run.point]}, for {since} so far: {names}; called again at"
        f" {format_minute(again_at)}"
    )
    return decided.model_copy(
        update={
            "next_move": Move.WAIT,
            "hook_run": run,
            "wait_seconds": max(1, min(decided.wait_seconds or 1, math.ceil((again_at - now).total_seconds()))),
            "reason": shorten(f"{decided.reason}; {reason}"),
            "ending": None,
        }
    )
