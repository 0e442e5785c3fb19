"""The level test: how much likelier all the minutes are at larger relative risks than at the tolerated one.

It weighs clumps rather than errors, and knows stable's error rate from other minutes too, not from the same one
alone; so under bursts it catches what the paired test is too careful for. It is a Bayes factor: its promise is exact on
average over the levels it allows, and measured by simulation for the rest (docs/judging.md).
Sources: Robbins 1970 for mixtures; Turner and Gruenwald, arXiv 2302.11401, for evidence from stratified counts.
"""

from collections.abc import Sequence

from rollout.evidence.assumptions import TURN, WELL
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group
from rollout.evidence.rate_grid import (
    JUMP,
    RISK_SHARES,
    RISK_STEPS,
    Likelihoods,
    Move,
    Weights,
    grown,
    jumped,
    likelihoods,
    tables,
)

_SHIFTS = (0, *RISK_STEPS)


def level_log_evidence(groups: Sequence[Group], dispersion: Dispersion, levels: Weights, jump: float = JUMP) -> float:
    """Return ln of the evidence against the canary; `levels` are stable's at the first shift, and may jump since."""
    tolerated, total = levels, 0.0
    shares = (WELL, *((1 - WELL) * share for share in RISK_SHARES))
    states = [[share * weight for weight in levels] for share in shares]
    for group in groups:
        stable, canary = _told(group, dispersion)
        (tolerated,), log_tolerated = grown([tolerated], [jumped(tolerated, jump)], stable, canary, (0,))
        states, log_failing = grown(states, _turned(states, jump), stable, canary, _SHIFTS)
        total += log_failing - log_tolerated
    return total


def _told(group: Group, dispersion: Dispersion) -> tuple[Likelihoods, Likelihoods]:
    stable, canary = tables(dispersion.theta, dispersion.error_rate, group.minutes)
    return (
        likelihoods(group.stable_bad, group.stable_calls * dispersion.theta, stable),
        likelihoods(group.canary_bad, group.canary_calls * dispersion.theta, canary),
    )


def _turned(states: Sequence[Weights], jump: float) -> list[Move]:
    """Return each state's move: the canary may turn, and stable's level may jump."""
    well, *failing = states
    ailing = [sum(column) for column in zip(*failing, strict=True)]
    sums = list(map(sum, states))
    scale = 1 / sum(sums)
    moves = (_move(scale, own, well, TURN * share, jump) for own, share in zip(sums[1:], RISK_SHARES, strict=True))
    return [_move(scale, sums[0], ailing, TURN, jump), *moves]


def _move(scale: float, own: float, other: Weights, come: float, jump: float) -> Move:
    """Return the move of a state that weighs so much in all, and to which a share of another comes."""
    kept, fresh = scale * (1 - jump), scale * jump / len(other)
    gained = [kept * come * weight for weight in other]
    return Move(kept * (1 - TURN), gained, fresh * ((1 - TURN) * own + come * sum(other)))
