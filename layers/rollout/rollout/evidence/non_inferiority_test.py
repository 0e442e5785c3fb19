"""Whether a step may end early: evidence for the canary, against its failing intolerably more often than stable.

It is the theorem of rollout.paired with the roles swapped: stable takes the canary's place, and what is tolerated is
that stable fails at most 1 / INTOLERABLE_RISK times as often as the canary. The product over minutes is a
supermartingale for every canary that fails at least INTOLERABLE_RISK times as often. So by Ville's inequality it
reaches L with such a canary, at whichever look of the step, with probability at most 1/L, whatever the rates of the
minutes and in bursts up to MARGIN*theta. A step of more than thirty minutes is taken in groups (rollout.groups); then
that is exact where the minutes of a group have equal calls.

Source: Ville 1939; the proof is in docs/judging.md.
"""

from collections.abc import Iterable

from rollout.evidence.assumptions import log_mean_exp
from rollout.evidence.grouping import Group, grouped
from rollout.evidence.paired_test import MARGIN, worth_of
from rollout.evidence.series import Minute

INTOLERABLE_RISK = 2.0
"""A canary that fails this many times as often as stable, or more, must not end a step early."""

RATIOS = (0.75, 1.0, 1.5)
"""How often stable fails for each time the canary does, weighed equally: from a little worse than equal to better."""


def early_log_evidence(minutes: Iterable[Minute], theta: float) -> float:
    """Return ln of the evidence that the canary fails less than INTOLERABLE_RISK times as often as stable.

    `minutes` are the closed ones of one step, `theta` the clump scale learnt from stable. 0 says nothing; an
    intolerable canary reaches ln(300) in at most one step of 300.
    """
    worth = [
        worth_of(_swapped(group), MARGIN * theta, 1 / INTOLERABLE_RISK, RATIOS)
        for group in grouped(minutes)
        if group.canary_bad or group.stable_bad
    ]
    return log_mean_exp(list(map(sum, zip(*worth, strict=True)))) if worth else 0.0


def _swapped(group: Group) -> Group:
    return Group(group.minutes, group.stable_calls, group.stable_bad, group.canary_calls, group.canary_bad)
