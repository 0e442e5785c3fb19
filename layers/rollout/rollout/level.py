"""The level test: how much likelier all the minutes are at larger relative risks than at the tolerated one.

It weighs clumps rather than errors, and knows stable's error rate from other minutes too, not from the same one
alone; so under bursts it catches what the paired test is too careful for. It is a Bayes factor: its promise is exact on
average over the levels it allows, and measured by simulation for the rest (docs/judging.md).
Sources: Robbins 1970 for mixtures; Turner and Gruenwald, arXiv 2302.11401, for evidence from stratified counts.
"""

from collections.abc import Iterable, Sequence

from rollout.dispersion import Dispersion
from rollout.groups import Group
from rollout.lattice import JUMP, RISK_STEPS, Likelihoods, Move, Weights, grown, jumped, likelihoods, tables
from rollout.risks import TURN, WELL

_SHIFTS = (0, *RISK_STEPS)


def level_log_evidence(groups: Sequence[Group], dispersion: Dispersion, levels: Weights) -> float:
    """Return ln of the evidence against the canary; `levels` are stable's at the first shift."""
    share = (1 - WELL) / len(RISK_STEPS)
    tolerated, total = levels, 0.0
    states = [[WELL * weight for weight in levels], *([share * weight for weight in levels] for _ in RISK_STEPS)]
    for group in groups:
        stable, canary = _told(group, dispersion)
        (tolerated,), log_tolerated = grown([tolerated], [jumped(tolerated)], stable, canary, (0,))
        states, log_failing = grown(states, _turned(states), stable, canary, _SHIFTS)
        total += log_failing - log_tolerated
    return total


def _told(group: Group, dispersion: Dispersion) -> tuple[Likelihoods, Likelihoods]:
    stable, canary = tables(dispersion.theta, dispersion.error_rate, group.minutes)
    return (
        likelihoods(group.stable_bad, group.stable_calls * dispersion.theta, stable),
        likelihoods(group.canary_bad, group.canary_calls * dispersion.theta, canary),
    )


def _turned(states: Sequence[Weights]) -> list[Move]:
    """Return each state's move: the canary may turn, and stable's level may jump."""
    well, *failing = states
    ailing = [sum(column) for column in zip(*failing, strict=True)]
    sums = list(map(sum, states))
    scale = 1 / sum(sums)
    return [*_moves(scale, sums[:1], ailing, TURN), *_moves(scale, sums[1:], well, TURN / len(failing))]


def _moves(scale: float, own: Iterable[float], other: Weights, come: float) -> list[Move]:
    """Return the moves of states that weigh so much, to each of which comes a share of another."""
    kept, fresh = scale * (1 - JUMP), scale * JUMP / len(other)
    gained = [kept * come * weight for weight in other]
    coming = come * sum(other)
    return [Move(kept * (1 - TURN), gained, fresh * ((1 - TURN) * weight + coming)) for weight in own]
