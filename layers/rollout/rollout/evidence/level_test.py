"""The level test: the likelihood of all minutes at larger relative risks, against the likelihood at the tolerated one.

It weighs bursts instead of errors, and it knows stable's error rate from all minutes instead of only the same minute.
So it finds faults under bursts for which the paired test is too careful. It is a Bayes factor: its promise is exact on
average over the rate levels of the grid, and measured by simulation for all other rates (docs/judging.md).
Sources: Robbins 1970 for mixtures; Turner and Gruenwald, arXiv 2302.11401, for evidence from stratified counts.
"""

from collections.abc import Iterator, Sequence

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


def level_gains(
    groups: Sequence[Group], dispersion: Dispersion, bursts: Bursts, levels: Weights, jump: float = JUMP
) -> Iterator[float]:
    """Yield what each group adds to ln of the evidence against the canary.

    `levels` are the weights of stable's rate levels at the first shift; `jump` is the probability per group that the
    level jumps.
    """
    tolerated = levels
    shares = (HEALTHY_WEIGHT, *((1 - HEALTHY_WEIGHT) * share for share in RISK_SHARES))
    states = [[share * weight for weight in levels] for share in shares]
    for group in groups:
        stable, canary = _group_likelihoods(group, dispersion, bursts)
        steady = [jump_transition(tolerated, jump)]
        (tolerated,), log_tolerated = update_weights([tolerated], steady, stable, canary, (0,))
        states, log_failing = update_weights(states, _switch_transitions(states, jump), stable, canary, _SHIFTS)
        yield log_failing - log_tolerated


def _group_likelihoods(group: Group, dispersion: Dispersion, bursts: Bursts) -> tuple[Likelihoods, Likelihoods]:
    learned = dispersion.theta, dispersion.error_rate
    stable, canary = (spread_of(calls, dispersion, bursts) for calls in (group.stable_calls, group.canary_calls))
    stable_at_levels = stable_table(*learned, group.minutes * stable.portion)
    canary_at_levels = canary_table(*learned, group.minutes * canary.portion)
    return (
        likelihoods(group.stable_bad, stable.size, stable_at_levels, dispersion.outliers),
        likelihoods(group.canary_bad, canary.size, canary_at_levels, dispersion.outliers),
    )


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
