"""What the answers of hooks do to a judgement and to a move."""

from rollout.domain.counts import Counts
from rollout.domain.enums import HookResult, Move, Verdict
from rollout.domain.text import shorten
from rollout.lifecycle.hooks.run import PLACES, hooks_at, present_run
from rollout.lifecycle.orders import Orders
from rollout.state.endings import handed_over_by_policy, promoted, stopped_before_traffic
from rollout.state.hooks.run import HookRun
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout


def judgement_before_traffic(rollout: Rollout) -> Judgement:
    """Return the judgement of a canary that has had no traffic: nothing is known of it (P5)."""
    return Judgement(
        verdict=Verdict.INCONCLUSIVE,
        reason=f"version {rollout.canary_version} has had no traffic yet",
        canary=Counts(),
        stable=Counts(),
        evidence=1,
        evidence_limit=rollout.policy.evidence_limit,
    )


def with_hooks(judgement: Judgement, rollout: Rollout) -> Judgement:
    """Return the judgement with what the hooks of the current point have said; an unhealthy one decides it."""
    run = present_run(rollout)
    said = _format_said(rollout, run) if run else ""
    if not run or not said:
        return judgement
    if HookResult.UNHEALTHY in run.results:
        reason = shorten(f"{said}; {judgement.reason}")
        return judgement.model_copy(update={"verdict": Verdict.UNHEALTHY, "reason": reason, "may_end_step": False})
    return judgement.model_copy(update={"reason": shorten(f"{judgement.reason}; {said}")})


def apply_hook_answers(decided: Rollout, orders: Orders) -> Rollout:
    """Return the rollout as decided, or handed over where the policy says so of a hook without a verdict."""
    run = present_run(decided)
    is_rolled_back = decided.next_move in (Move.ROLL_BACK, Move.HAND_OVER)
    if run is None or HookResult.HAND_OVER not in run.results or is_rolled_back or orders.is_frozen:
        return decided
    ending = handed_over_by_policy(decided, decided.reason)
    return decided.model_copy(update={"next_move": Move.HAND_OVER, "ending": ending})


def name_waived_hooks(decided: Rollout) -> Rollout:
    """Return the rollout as decided; its successful ending names the hooks without which it went on."""
    if decided.next_move is not Move.FINISH or not decided.waived_hooks:
        return decided
    reason = shorten(f"{decided.reason}; without a verdict of {', '.join(decided.waived_hooks)}")
    return decided.model_copy(update={"reason": reason, "ending": promoted(decided, reason)})


def reject_before_traffic(decided: Rollout) -> Rollout:
    """Return the rollout as decided, or rejected in place of a rollback of a canary that has had no traffic.

    The alias is as it was, so nothing is written.
    """
    if decided.next_move is not Move.ROLL_BACK or not decided.is_before_traffic:
        return decided
    ending = stopped_before_traffic(decided.target.name, decided.canary_version, decided.reason)
    return decided.model_copy(update={"next_move": Move.REJECT, "ending": ending})


def _format_said(rollout: Rollout, run: HookRun) -> str:
    hooks = hooks_at(rollout.policy.hooks, run.point)
    said = [f"{hook.function}: {state.said}" for hook, state in zip(hooks, run.hooks, strict=True) if state.said]
    return f"hooks {PLACES[run.point]}: {'; '.join(said)}" if said else ""
