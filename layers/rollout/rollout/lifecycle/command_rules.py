"""Decides whether a rollout obeys a command, by the state that the command meets, and says why not."""

from enum import StrEnum

from rollout.domain.durations import format_duration
from rollout.domain.enums import Command
from rollout.domain.text import as_sentence, format_minute
from rollout.lifecycle.orders import Orders, orders_on
from rollout.state.gate import ReachedGate
from rollout.state.lock import Lock


class Situation(StrEnum):
    """What a command finds. A rollout is in the first of these states that applies to it, from the last one up."""

    NONE = "none"
    PREPARING = "preparing"
    SHIFTING = "shifting"
    AWAITING_APPROVAL = "awaiting approval"
    PAUSE_STEP = "in a pause step"
    PAUSED = "paused"
    PROMOTING = "promoting"
    BAKE = "bake"
    PAUSED_BAKE = "paused bake"
    SUPERSEDED = "superseded"
    FROZEN = "frozen"
    ABORTED = "aborted"
    ENDING = "ending"
    ROLLING_BACK = "rolling back"
    REPAIRED = "repaired"
    ENDED = "ended"


_GOING_ON = {Situation.PREPARING, Situation.SHIFTING, Situation.PAUSED, Situation.BAKE, Situation.PAUSED_BAKE}
_AT_GATE = {Situation.AWAITING_APPROVAL, Situation.PAUSE_STEP}
_LIVE = _GOING_ON | _AT_GATE | {Situation.PROMOTING, Situation.SUPERSEDED}

ALLOWED: dict[Command, frozenset[Situation]] = {
    Command.APPROVE: frozenset({Situation.AWAITING_APPROVAL}),
    Command.PAUSE: frozenset({Situation.PREPARING, Situation.SHIFTING, Situation.BAKE}),
    Command.RESUME: frozenset({Situation.PAUSE_STEP, Situation.PAUSED, Situation.PAUSED_BAKE}),
    Command.PROMOTE: frozenset(_AT_GATE | {Situation.PREPARING, Situation.SHIFTING, Situation.PAUSED}),
    Command.EXTEND: frozenset(_GOING_ON | {Situation.AWAITING_APPROVAL}),
    Command.ABORT: frozenset(_LIVE | {Situation.FROZEN, Situation.ABORTED, Situation.ENDING}),
    Command.FREEZE: frozenset(_LIVE),
    Command.RELEASE: frozenset({Situation.FROZEN}),
    Command.IGNORE: frozenset(_LIVE | {Situation.FROZEN}),
}
"""The states in which a rollout obeys each command."""


def situation_of(lock: Lock | None, *, has_ended: bool = False) -> Situation:
    """Return what a command finds: the lock of the alias, and whether the ledger has the ending of its rollout."""
    if lock is None:
        return Situation.NONE
    if has_ended:
        return Situation.ENDED
    if lock.is_taken_over:
        return Situation.REPAIRED
    if lock.is_rolling_back:
        return Situation.ROLLING_BACK
    if lock.is_ending:
        return Situation.ENDING
    return _live_situation(lock, orders_on(lock))


def _live_situation(lock: Lock, orders: Orders) -> Situation:
    baking = Situation.PAUSED_BAKE if orders.paused else Situation.BAKE
    applying = {
        Situation.ABORTED: orders.aborted,
        Situation.FROZEN: orders.frozen,
        baking: lock.promoting,
        Situation.SUPERSEDED: lock.superseded_by,
        Situation.PROMOTING: orders.promoted,
        Situation.PAUSED: orders.paused,
        **_gate_situation(lock.open_gate, orders),
        Situation.SHIFTING: lock.planned_write,
    }
    return next((situation for situation, applies in applying.items() if applies), Situation.PREPARING)


def _gate_situation(gate: ReachedGate | None, orders: Orders) -> dict[Situation, bool]:
    if gate is None:
        return {}
    return {Situation.AWAITING_APPROVAL if gate.approval else Situation.PAUSE_STEP: not orders.pass_of(gate.step)}


def is_at_gate(situation: Situation) -> bool:
    """Whether the rollout waits at an approval or a pause of its policy."""
    return situation in _AT_GATE


def refusal_of(command: Command, situation: Situation, lock: Lock) -> str:
    """Return why a rollout does not obey a command in its state, and what it would obey; empty where it obeys."""
    if situation in ALLOWED[command]:
        return ""
    possible = [str(other) for other, situations in ALLOWED.items() if situation in situations]
    hint = f"Possible now: {', '.join(possible)}." if possible else "Wait for its ending."
    found = _format_found(situation, lock)
    return f"{lock.target.name} does not take the command {command}, because {as_sentence(found)} {hint}"


def _format_found(situation: Situation, lock: Lock) -> str:
    orders, version = orders_on(lock), f"version {lock.canary_version}"
    found = {
        Situation.PREPARING: f"{version} is neither paused nor frozen, and has no share yet",
        Situation.SHIFTING: f"{version} is neither paused nor frozen, and waits for no approval",
        Situation.AWAITING_APPROVAL: f"{version} waits for an approval since {_format_since(lock)}",
        Situation.PAUSE_STEP: f"{version} is paused by its policy since {_format_since(lock)}",
        Situation.PAUSED: f"{version} is paused {orders.paused and orders.paused.source_since}",
        Situation.PROMOTING: f"{version} is promoted {orders.promoted and orders.promoted.source}",
        Situation.BAKE: f"{version} is promoted already, and in its bake",
        Situation.PAUSED_BAKE: f"{version} is promoted already, and its bake is paused"
        f" {orders.paused and orders.paused.source_since}",
        Situation.SUPERSEDED: f"{version} is rolled back for version {lock.superseded_by}, which supersedes it",
        Situation.FROZEN: f"{version} is frozen {orders.frozen and orders.frozen.source_since}",
        Situation.ABORTED: f"{version} is aborted {orders.aborted and orders.aborted.source}",
        Situation.ENDING: f"the last evaluation of {version} has decided how the rollout ends",
        Situation.ROLLING_BACK: f"{version} is being rolled back",
        Situation.REPAIRED: f"the execution of {version} has ended, and the guardian repairs the alias",
        Situation.ENDED: f"the rollout of {version} has ended",
    }
    return found[situation]


def _format_since(lock: Lock) -> str:
    return format_minute(lock.gate.since) if lock.gate else ""


def effect_of(command: Command, lock: Lock, seconds: int, metrics: tuple[str, ...]) -> str:
    """Return what a rollout does from now on because it obeys a command, as a sentence."""
    name, canary, stable = lock.target.name, f"version {lock.canary_version}", f"version {lock.stable_version}"
    share = _format_share(lock)
    effects = {
        Command.APPROVE: f"{name} is approved: {canary} goes on from {share} at the next evaluation, unless it is"
        " unhealthy",
        Command.PAUSE: f"{name} is paused: {canary} keeps {share} until the command resume. It is judged all the while,"
        " and rolled back if it is unhealthy",
        Command.RESUME: f"{name} is resumed: {canary} goes on from {share} at the next evaluation",
        Command.PROMOTE: f"{name} serves {canary} alone after the next evaluation, as soon as the hooks of its policy"
        " agree, unless it is unhealthy; the bake follows",
        Command.EXTEND: f"{_format_extended(lock)} of {canary} on {name} lasts {format_duration(seconds)} longer",
        Command.ABORT: f"{name} is rolled back to {stable} now, because the rollout of {canary} is aborted",
        Command.FREEZE: f"{name} is frozen: {canary} keeps {share}, whatever the evaluations find, until the command"
        " release or abort",
        Command.RELEASE: f"{name} is released: {canary} is judged again at the next evaluation",
        Command.IGNORE: f"the rollout of {canary} on {name} no longer measures {', '.join(metrics)}",
    }
    return _effects_before_traffic(lock).get(command, effects[command])


def _effects_before_traffic(lock: Lock) -> dict[Command, str]:
    """Return what commands do to a rollout that has written nothing to its alias yet; nothing for any other."""
    if lock.planned_write or lock.promoting:
        return {}
    name, canary = lock.target.name, f"version {lock.canary_version}"
    stays = f"{canary} gets no share, unless the first one is being written now, until the command"
    goes_on = f"{canary} gets its first share after the next evaluation, as soon as the hooks of its policy agree"
    return {
        Command.PAUSE: f"{name} is paused: {stays} resume",
        Command.RESUME: f"{name} is resumed: {goes_on}",
        Command.ABORT: f"the rollout of {canary} on {name} ends now, because it is aborted; the alias is left as it is,"
        " because nothing was written to it",
        Command.FREEZE: f"{name} is frozen: {stays} release or abort, whatever the hooks of its policy find",
        Command.RELEASE: f"{name} is released: the next evaluation decides about {canary} again",
    }


def _format_extended(lock: Lock) -> str:
    if lock.promoting:
        return "the bake"
    if lock.planned_write is None:
        return "the first step (without steps, the bake)"
    return "the time for an approval" if is_at_gate(situation_of(lock)) else "the step"


def _format_share(lock: Lock) -> str:
    if lock.promoting:
        return "all traffic"
    percent = lock.planned_write.shares.get(lock.canary_version) if lock.planned_write else None
    return f"its share of {percent:g} %" if percent else "its share"
