"""The paired test: it promises its limit whatever the error rate of each minute, and up to a burstiness theta.

A minute is worth exp(gain*canary errors - loss*stable errors). With n1 and n0 calls, spreads s = n*theta and the
tolerated relative risk r0, its expectation is at most 1 for every error rate of that minute and every burstiness up
to theta if r0*ln(1 - s1*(e^gain - 1)) + ln(1 + s0*(1 - e^-loss)) >= 0. So the product over minutes is a
supermartingale, and by Ville's inequality passes 1/alpha with probability at most alpha on a canary no worse than
tolerated. An outage of both versions is just another error rate. As theta goes to 0 this becomes the likelihood ratio
of Lindon, Sanden and Shirikian 2022, arXiv 2205.14762.

Sources: Ville 1939; Howard, Ramdas, McAuliffe and Sekhon 2020, Probability Surveys 17, for supermartingales from
bounds on cumulants; Herbster and Warmuth 1998 for turning at a fixed rate. The proof is in docs/judging.md.
"""

from collections.abc import Sequence
from math import exp, log, log1p

from rollout.evidence.assumptions import TOLERATED_RISK, TURN, WELL
from rollout.evidence.grouping import Group

RISKS = tuple(TOLERATED_RISK * factor for factor in (1.2, 1.8, 3.0, 6.0, 20.0, 200.0))
"""The relative risks averaged over, equally likely."""

MARGIN = 2.0
"""The test is made safe up to so many times the theta learnt; the level test does most of the catching."""


def paired_log_evidence(groups: Sequence[Group], theta: float) -> float:
    """Return ln of the evidence against the canary, for errors no more clumped than MARGIN*theta."""
    well, failing, total = WELL, [(1 - WELL) / len(RISKS)] * len(RISKS), 0.0
    for group in groups:
        well, failing = _turned(well, failing)
        if group.canary_bad or group.stable_bad:
            worth = worth_of(group, MARGIN * theta, TOLERATED_RISK, RISKS)
            largest = max(0.0, *worth)
            well *= exp(-largest)
            failing = [weight * exp(value - largest) for weight, value in zip(failing, worth, strict=True)]
            mass = well + sum(failing)
            well, failing, total = well / mass, [weight / mass for weight in failing], total + largest + log(mass)
    return total


def _turned(well: float, failing: list[float]) -> tuple[float, list[float]]:
    turned = TURN * well / len(failing)
    return (1 - TURN) * well + TURN * sum(failing), [(1 - TURN) * weight + turned for weight in failing]


def worth_of(group: Group, theta: float, tolerated: float, risks: Sequence[float]) -> list[float]:
    """Return ln of what a group is worth at stakes on each of the relative risks, all above the tolerated one.

    Its exponential is at most 1 on average for a canary no worse than tolerated and errors no more clumped than theta.
    """
    spreads = group.canary_calls * theta, group.stable_calls * theta
    stakes = [stakes_at(risk, *spreads, tolerated) for risk in risks]
    return [gain * group.canary_bad - loss * group.stable_bad for gain, loss in stakes]


def stakes_at(
    risk: float, canary_spread: float, stable_spread: float, tolerated: float = TOLERATED_RISK
) -> tuple[float, float]:
    """Return what a canary error adds and a stable error takes, in nats: nearly the best pair at this relative risk.

    The promise holds exactly by construction, as the gain follows from the loss; the Newton step on the loss only
    brings the pair near to the one that grows fastest.
    """
    canary_log, stable_log, ratio = log1p(canary_spread), log1p(stable_spread), risk / tolerated
    start = (tolerated * canary_log + stable_log) / (risk * canary_log + stable_log)
    canary_part, stable_part = 1 + ratio * start * canary_spread, 1 + start * stable_spread
    excess = tolerated * (canary_log - log(canary_part)) + stable_log - log(stable_part)
    slope = tolerated * ratio * canary_spread / canary_part + stable_spread / stable_part
    kept = min(max(start + excess / slope, 1e-9), 1.0)
    stable_stretch = 1 + kept * stable_spread
    canary_stretch = exp(canary_log + (stable_log - log(stable_stretch)) / tolerated)
    raised = (canary_stretch - 1) / canary_spread
    gain = log(raised * (1 + canary_spread) / canary_stretch)
    return gain, -log(kept * (1 + stable_spread) / stable_stretch)
