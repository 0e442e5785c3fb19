"""The paired test: it keeps its promise for every error rate of each minute, and for bursts up to a scale theta.

A minute is worth exp(gain*canary errors - loss*stable errors). With spreads of size s and portion c
(rollout.evidence.spread) and the tolerated relative risk r0, its expectation is at most 1 for every error rate of that
minute and every smaller size if r0*c1*ln(1 - s1*(e^gain - 1)) + c0*ln(1 + s0*(1 - e^-loss)) >= 0. So the product over
the minutes is a supermartingale, and by Ville's inequality it passes 1/alpha with probability at most alpha for a
canary that is no worse than tolerated. An outage of both versions is one more error rate. As theta approaches 0, the
worth becomes the likelihood ratio of Lindon, Sanden and Shirikian 2022, arXiv 2205.14762.

Sources: Ville 1939; Howard, Ramdas, McAuliffe and Sekhon 2020, Probability Surveys 17, for supermartingales from
bounds on cumulants; Herbster and Warmuth 1998 for switching at a fixed rate. The proof is in docs/judging.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import exp, log, log1p

from rollout.evidence.assumptions import HEALTHY_WEIGHT, TOLERATED_RISK, switch
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group
from rollout.evidence.outliers import log_most_worth
from rollout.evidence.spread import Bursts, Spread, spread_of

RISKS = tuple(TOLERATED_RISK * factor for factor in (1.2, 1.8, 3.0, 6.0, 20.0, 200.0))
"""The relative risks that are averaged, equally likely."""

MARGIN = 2.0
"""The promise holds up to this many times the learned theta; the level test finds most faults."""


def paired_gains(groups: Iterable[Group], dispersion: Dispersion, bursts: Bursts) -> Iterator[float]:
    """Yield what each group adds to ln of the evidence against the canary; valid for bursts of MARGIN times theta."""
    healthy, failing = HEALTHY_WEIGHT, [(1 - HEALTHY_WEIGHT) / len(RISKS)] * len(RISKS)
    most = log_most_worth(dispersion.outliers)
    for group in groups:
        healthy, failing = switch(healthy, failing)
        if not (group.canary_bad or group.stable_bad):
            yield 0.0
            continue
        worths = log_worths(group, dispersion, bursts, TOLERATED_RISK, RISKS)
        largest = max(0.0, *worths)
        healthy *= exp(-largest)
        failing = [weight * exp(value - largest) for weight, value in zip(failing, worths, strict=True)]
        mass = healthy + sum(failing)
        healthy, failing = healthy / mass, [weight / mass for weight in failing]
        yield min(largest + log(mass), most)


def log_worths(
    group: Group, dispersion: Dispersion, bursts: Bursts, tolerated: float, risks: Sequence[float]
) -> list[float]:
    """Return ln of a group's worth at the stakes of each relative risk; all risks are above the tolerated one.

    The expected worth is at most 1 for a canary that is no worse than tolerated and bursts of MARGIN times theta.
    """
    canary, stable = (
        spread_of(calls, dispersion, bursts, MARGIN) for calls in (group.canary_calls, group.stable_calls)
    )
    stakes = [stakes_at(risk, canary, stable, tolerated) for risk in risks]
    return [gain * group.canary_bad - loss * group.stable_bad for gain, loss in stakes]


def stakes_at(risk: float, canary: Spread, stable: Spread, tolerated: float = TOLERATED_RISK) -> tuple[float, float]:
    """Return the gain per canary error and the loss per stable error, in nats, near the best pair for a relative risk.

    The gain is computed from the loss, so that the promise holds exactly for any loss. The Newton step on the loss only
    brings the pair close to the one that grows fastest.
    """
    weight, ratio = tolerated * canary.portion, risk / tolerated
    canary_log, stable_log = log1p(canary.size), stable.portion * log1p(stable.size)
    start = (weight * canary_log + stable_log) / (ratio * weight * canary_log + stable_log)
    canary_part, stable_part = 1 + ratio * start * canary.size, 1 + start * stable.size
    excess = weight * (canary_log - log(canary_part)) + stable_log - stable.portion * log(stable_part)
    slope = weight * ratio * canary.size / canary_part + stable.portion * stable.size / stable_part
    kept = min(max(start + excess / slope, 1e-9), 1.0)
    stable_factor = 1 + kept * stable.size
    canary_factor = exp(canary_log + (stable_log - stable.portion * log(stable_factor)) / weight)
    raised = (canary_factor - 1) / canary.size
    gain = log(raised * (1 + canary.size) / canary_factor)
    return gain, -log(kept * (1 + stable.size) / stable_factor)
