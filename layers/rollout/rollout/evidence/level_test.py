"""The level test: the likelihood of all minutes at larger relative risks, against the likelihood at the tolerated one.

It weighs bursts instead of errors, and it knows stable's error rate from all minutes instead of only the same minute.
So it finds faults under bursts for which the paired test is too careful. It is a Bayes factor: its promise is exact on
average over the rate levels of the grid, and measured by simulation for all other rates (docs/judging.md).
Sources: Robbins 1970 for mixtures; Turner and Gruenwald, arXiv 2302.11401, for evidence from stratified counts.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rollout.evidence.assumptions import HEALTHY_WEIGHT, SWITCH_PROBABILITY
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group
from rollout.evidence.rate_grid import (
    JUMP,
    RISK_SHARES,
    RISK_STEPS,
    Likelihoods,
    Transition,
    Weights,
    canary_table,
    jump_transition,
    likelihoods,
    stable_table,
    update_weights,
)
from rollout.evidence.spread import Bursts, spread_of

_SHIFTS = (0, *RISK_STEPS)


class LevelGain(NamedTuple):
    """What one group adds to the evidence."""

    gain: float
    """What it adds to ln of the evidence against the canary."""
    levels: Weights
    """The weights of stable's rate levels before the group, if the canary fails at the tolerated risk."""


def level_gains(
    groups: Sequence[Group], dispersion: Dispersion, bursts: Bursts, levels: Weights, jump: float = JUMP
) -> Iterator[LevelGain]:
    """Yield what each group adds to the evidence against the canary.

    `levels` are the weights of stable's rate levels at the first shift; `jump` is the probability per group that the
    level jumps.
    """
    tolerated = levels
    shares = (HEALTHY_WEIGHT, *((1 - HEALTHY_WEIGHT) * share for share in RISK_SHARES))
    states = [[share * weight for weight in levels] for share in shares]
    for group in groups:
        before, steady = tolerated, [jump_transition(tolerated, jump)]
        stable, canary = stable_likelihoods(group, dispersion, bursts), _canary_likelihoods(group, dispersion, bursts)
        (tolerated,), log_tolerated = update_weights([tolerated], steady, stable, canary, (0,))
        states, log_failing = update_weights(states, _switch_transitions(states, jump), stable, canary, _SHIFTS)
        yield LevelGain(log_failing - log_tolerated, before)


def stable_likelihoods(group: Group, dispersion: Dispersion, bursts: Bursts) -> Likelihoods:
    """Return the likelihood of stable's errors of a group at each rate level."""
    spread = spread_of(group.stable_calls, dispersion, bursts)
    table = stable_table(dispersion.theta, dispersion.error_rate, group.minutes * spread.portion)
    return likelihoods(group.stable_bad, spread.size, table, dispersion.outliers)


def _canary_likelihoods(group: Group, dispersion: Dispersion, bursts: Bursts) -> Likelihoods:
    spread = spread_of(group.canary_calls, dispersion, bursts)
    table = canary_table(dispersion.theta, dispersion.error_rate, group.minutes * spread.portion)
    return likelihoods(group.canary_bad, spread.size, table, dispersion.outliers)


def _switch_transitions(states: Sequence[Weights], jump: float) -> list[Transition]:
    """Return each state's transition: the canary may switch its state, and stable's rate level may jump."""
    healthy, *failing = states
    any_failing = [sum(column) for column in zip(*failing, strict=True)]
    sums = list(map(sum, states))
    scale = 1 / sum(sums)
    transitions = (
        _transition(scale, own, healthy, SWITCH_PROBABILITY * share, jump)
        for own, share in zip(sums[1:], RISK_SHARES, strict=True)
    )
    return [_transition(scale, sums[0], any_failing, SWITCH_PROBABILITY, jump), *transitions]


def _transition(scale: float, own: float, other: Weights, inflow: float, jump: float) -> Transition:
    """Return the transition of a state of total weight `own` that receives the share `inflow` of another state."""
    kept, fresh = scale * (1 - jump), scale * jump / len(other)
    stays = 1 - SWITCH_PROBABILITY
    return Transition(kept * stays, kept * inflow, other, fresh * (stays * own + inflow * sum(other)))
