"""Carries the hooks of a rollout over one round of calls."""

from datetime import datetime, timedelta

from rollout.domain.durations import format_duration
from rollout.domain.enums import HookPoint, HookResult, Phase, WithoutAnswer
from rollout.lifecycle.hooks.answer import HookAnswer, Kind, read_answer
from rollout.policy.hooks import SHORTEST_PAUSE_SECONDS, Hook, Hooks
from rollout.policy.planned import stretched_interval
from rollout.state.hooks.run import HookRun, HookState
from rollout.state.rollout import Rollout

_WITHOUT = {
    WithoutAnswer.ROLL_BACK: HookResult.UNHEALTHY,
    WithoutAnswer.PROMOTE: HookResult.PASSED,
    WithoutAnswer.HAND_OVER: HookResult.HAND_OVER,
}
"""What a hook decides that returns no verdict."""


PLACES = {
    HookPoint.BEFORE_TRAFFIC: "before traffic",
    HookPoint.EACH_STEP: "of the step",
    HookPoint.AFTER_TRAFFIC: "after traffic",
}
"""The hooks of each point, as a sentence part."""


def hooks_at(hooks: Hooks, point: HookPoint) -> list[Hook]:
    """Return the hooks that a rollout calls at a point."""
    called = {
        HookPoint.BEFORE_TRAFFIC: hooks.before_traffic,
        HookPoint.EACH_STEP: hooks.each_step,
        HookPoint.AFTER_TRAFFIC: hooks.after_traffic,
    }
    return called.get(point, [])


def with_answers(rollout: Rollout, now: datetime) -> Rollout:
    """Return the rollout with the answers of the hooks that were called, if any were."""
    run = rollout.hook_run
    if run is None or not run.calls:
        return rollout
    found = rollout.hook_answers
    if not (isinstance(found, list) and len(found) == len(run.calls)):
        if len(run.calls) > 1:
            # One answer that is too large loses them all: no other hook may count for it.
            return _read(rollout, run.model_copy(update={"one_by_one": True}), [*run.hooks])
        found = [found]
    hooks, states = hooks_at(rollout.policy.hooks, run.point), [*run.hooks]
    for call, result in zip(run.calls, found, strict=True):
        number = call.number
        states[number] = _answered(states[number], read_answer(result), hooks[number], run.since, now)
    return _read(rollout, run, states)


def _read(rollout: Rollout, run: HookRun, states: list[HookState]) -> Rollout:
    read = run.model_copy(update={"hooks": tuple(states), "calls": ()})
    waived = [
        f"{hook.function} {PLACES[run.point]}"
        for hook, state in zip(hooks_at(rollout.policy.hooks, run.point), states, strict=True)
        if state.is_waived
    ]
    names = tuple(dict.fromkeys([*rollout.waived_hooks, *waived]))
    return rollout.model_copy(update={"hook_run": read, "hook_answers": None, "waived_hooks": names})


def _answered(state: HookState, answer: HookAnswer, hook: Hook, since: datetime, now: datetime) -> HookState:
    """Return what is known of a hook after a call; `since` is when it was first due."""
    update: dict[str, object] = {"calls": state.calls + 1, "again_at": None, "said": answer.said}
    if answer.kind is Kind.ERROR:
        return state.model_copy(update=update | _without_verdict(hook, answer.said))
    if answer.kind is not Kind.AGAIN:
        passed = HookResult.PASSED if answer.kind is Kind.HEALTHY else HookResult.UNHEALTHY
        return state.model_copy(update=update | {"result": passed})
    waited = (now - since).total_seconds()
    pause = max(answer.again_seconds or 0, stretched_interval(SHORTEST_PAUSE_SECONDS, waited))
    again_at = now + timedelta(seconds=pause)
    if again_at >= since + timedelta(seconds=hook.timeout):
        late = (
            f"no verdict in {format_duration(round(waited))}, and the next call would be later than its timeout of"
            f" {format_duration(hook.timeout)}; last {answer.said}"
        )
        return state.model_copy(update=update | _without_verdict(hook, late))
    return state.model_copy(update=update | {"again_at": again_at})


def _without_verdict(hook: Hook, said: str) -> dict[str, object]:
    result = _WITHOUT[hook.on_error]
    is_waived = result is HookResult.PASSED
    return {"result": result, "said": f"{said}; its on_error is {hook.on_error}", "is_waived": is_waived}


def present_point(rollout: Rollout) -> HookPoint:
    """Return the point whose hooks have to agree before the rollout goes on."""
    if rollout.phase is Phase.BAKE:
        return HookPoint.AFTER_TRAFFIC
    return HookPoint.BEFORE_TRAFFIC if rollout.is_before_traffic else HookPoint.EACH_STEP


def present_run(rollout: Rollout) -> HookRun | None:
    """Return the hooks that were called at the present point; None where the rollout has gone on since."""
    run = rollout.hook_run
    return run if run and run.step == rollout.step and run.point is present_point(rollout) else None


def run_at(rollout: Rollout, now: datetime) -> HookRun:
    """Return the run of the hooks of the present point: the one that has begun, or a new one."""
    point = present_point(rollout)
    states = tuple(HookState() for _ in hooks_at(rollout.policy.hooks, point))
    return present_run(rollout) or HookRun(point=point, step=rollout.step, since=now, hooks=states)
