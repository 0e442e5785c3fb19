"""The level test: how much likelier all the minutes are at larger relative risks than at the tolerated one.

It weighs clumps rather than errors, and knows stable's error rate from other minutes too, not from the same one
alone; so under bursts it catches what the paired test is too careful for. It is a Bayes factor: its promise is exact on
average over the levels it allows, and measured by simulation for the rest (docs/judging.md).
Sources: Robbins 1970 for mixtures; Turner and Gruenwald, arXiv 2302.11401, for evidence from stratified counts.
"""

from collections.abc import Sequence

from rollout.dispersion import Dispersion
from rollout.groups import Group
from rollout.lattice import JUMP, RISK_STEPS, Likelihoods, Weights, grown, jumped, likelihoods, tables
from rollout.risks import TURN, WELL

_SHIFTS = (0, *RISK_STEPS)


def level_log_evidence(groups: Sequence[Group], dispersion: Dispersion, levels: Weights) -> float:
    """Return ln of the evidence against the canary; `levels` are stable's at the first shift."""
    share = (1 - WELL) / len(RISK_STEPS)
    tolerated, total = levels, 0.0
    states = [[WELL * weight for weight in levels], *([share * weight for weight in levels] for _ in RISK_STEPS)]
    for group in groups:
        stable, canary = _told(group, dispersion)
        (tolerated,), log_tolerated = grown([jumped(tolerated)], stable, canary, (0,))
        states, log_failing = grown(_turned(states), stable, canary, _SHIFTS)
        total += log_failing - log_tolerated
    return total


def _told(group: Group, dispersion: Dispersion) -> tuple[Likelihoods, Likelihoods]:
    stable, canary = tables(dispersion.theta, dispersion.error_rate, group.minutes)
    return (
        likelihoods(group.stable_bad, group.stable_calls * dispersion.theta, stable),
        likelihoods(group.canary_bad, group.canary_calls * dispersion.theta, canary),
    )


def _turned(states: list[Weights]) -> list[Weights]:
    """Return the weights after the canary may have turned, and stable's level may have jumped."""
    well, *failing = states
    ailing = [sum(column) for column in zip(*failing, strict=True)]
    share = TURN / len(failing)
    rows = [_mixed(well, 1 - TURN, ailing, TURN)]
    return rows + [_mixed(row, 1 - TURN, well, share) for row in failing]


def _mixed(own: Weights, stay: float, other: Weights, come: float) -> Weights:
    """Return a state's weights from what stays in it and what comes from another, with jumps of the level."""
    fresh = JUMP / len(own) * (stay * sum(own) + come * sum(other))
    kept, gained = (1 - JUMP) * stay, (1 - JUMP) * come
    return [kept * a + gained * b + fresh for a, b in zip(own, other, strict=True)]
