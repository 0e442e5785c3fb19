"""So what? The next move after a look, from the rollout, the judgement and the time."""

from datetime import datetime, timedelta
from typing import assert_never

from rollout.duration import say_duration
from rollout.endings import handed_over, left_to_a_person, promoted, say_moved
from rollout.facts import AliasState
from rollout.models import Ending, Judgement, Rollout
from rollout.policy import KEPT_SECONDS, MAX_LOOKS, OnInconclusive
from rollout.window import EDGE, Timing, seconds_to_next_look
from rollout.words import Move, Phase, Verdict

_LOOKED_AFTER = (Move.SHIFT, Move.WAIT, Move.PROMOTE)
"""The moves that need another look."""


def decide(rollout: Rollout, judgement: Judgement, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout with its next move, the sentence behind it, and the seconds to the look after."""
    move, why = _next_move(rollout, judgement, now)
    reason = f"{judgement.verdict}: {judgement.reason}" + (f"; {why}" if why else "")
    return rollout.model_copy(
        update={
            "looks": rollout.looks + 1,
            "judgement": judgement,
            "next_move": move,
            "reason": reason,
            "wait_seconds": seconds_to_next_look(now, rollout.policy.look_every, timing),
            "ending": _ending(move, reason, rollout),
        }
    )


def leave_if_moved(decided: Rollout, alias: AliasState | None) -> Rollout:
    """Return the rollout as decided, or handed over where the alias is not as we left it (P2).

    An unhealthy canary is still taken back: RollBack knows which aliases are ours to write.
    """
    if decided.next_move is Move.ROLL_BACK or (alias and _is_as_we_left_it(decided, alias)):
        return decided
    shares = {} if decided.phase is Phase.BAKE else {decided.canary_version: decided.percent}
    serving = decided.canary_version if decided.phase is Phase.BAKE else decided.stable_version
    expected = AliasState(version=serving, shares=shares, revision_id="").say()
    reason = f"{say_moved(decided.target.name, expected, alias)}. It is left as it is"
    return decided.model_copy(update={"next_move": Move.HAND_OVER, "reason": reason, "ending": handed_over(reason)})


def _is_as_we_left_it(rollout: Rollout, alias: AliasState) -> bool:
    if rollout.phase is Phase.BAKE:
        # While it allocates provisioned concurrency, Lambda itself keeps a share for the version before. Not to the
        # end: a green ending says that the canary serves alone (P10).
        tolerated = set() if rollout.next_move is Move.FINISH else {rollout.stable_version}
        return alias.version == rollout.canary_version and set(alias.shares) <= tolerated
    shares = {rollout.canary_version: rollout.percent}
    return alias.serves(rollout.stable_version, shares)


def _next_move(rollout: Rollout, judgement: Judgement, now: datetime) -> tuple[Move, str]:
    move, why = _wanted_move(rollout, judgement, now)
    if move not in _LOOKED_AFTER:
        return move, why
    if rollout.looks + 1 >= MAX_LOOKS:
        return Move.ROLL_BACK, f"{MAX_LOOKS:,} looks are all an execution has room for"
    if rollout.first_shift_at and now - rollout.first_shift_at > timedelta(seconds=KEPT_SECONDS):
        return Move.ROLL_BACK, f"the first shift is over {say_duration(KEPT_SECONDS)} ago, and older minutes are gone"
    return move, why


def _wanted_move(rollout: Rollout, judgement: Judgement, now: datetime) -> tuple[Move, str]:
    held = now - (rollout.step_started_at or now) + EDGE
    if judgement.verdict is Verdict.UNHEALTHY:
        return Move.ROLL_BACK, ""
    if judgement.may_end_step:
        return _onward(rollout), "the step ends early, as the policy lets it"
    if held < timedelta(seconds=_hold(rollout)):
        return Move.WAIT, ""
    match judgement.verdict:
        case Verdict.HEALTHY:
            return _onward(rollout), ""
        case Verdict.INCONCLUSIVE:
            return _when_thin(rollout, held)
        case unknown:
            assert_never(unknown)


def _hold(rollout: Rollout) -> int:
    return rollout.policy.bake if rollout.phase is Phase.BAKE else rollout.current_step.hold


def _onward(rollout: Rollout) -> Move:
    if rollout.phase is Phase.BAKE:
        return Move.FINISH
    return Move.PROMOTE if rollout.is_last_step else Move.SHIFT


def _when_thin(rollout: Rollout, held: timedelta) -> tuple[Move, str]:
    policy = rollout.policy
    if rollout.phase is Phase.BAKE and policy.bake == 0:
        return Move.FINISH, "the policy asks for no bake"
    extension = say_duration(policy.max_hold)
    if held < timedelta(seconds=_hold(rollout) + policy.max_hold):
        return Move.WAIT, f"held on for more calls, at most {extension} longer than planned"
    why = f"still so after max_hold {extension}, and on_inconclusive is {policy.on_inconclusive}"
    return _when_still_thin(rollout), why


def _when_still_thin(rollout: Rollout) -> Move:
    match rollout.policy.on_inconclusive:
        case OnInconclusive.EXTEND:
            return Move.WAIT
        case OnInconclusive.PROMOTE:
            return _onward(rollout)
        case OnInconclusive.ROLL_BACK:
            return Move.ROLL_BACK
        case OnInconclusive.HAND_OVER:
            return Move.HAND_OVER
        case unknown:
            assert_never(unknown)


def _ending(move: Move, reason: str, rollout: Rollout) -> Ending | None:
    if move is Move.FINISH:
        return promoted(rollout, reason)
    return left_to_a_person(rollout, reason) if move is Move.HAND_OVER else None
