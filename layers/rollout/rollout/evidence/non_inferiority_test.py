"""The test that lets a step end early: evidence that the canary does not fail intolerably more often than stable.

It is the theorem of rollout.evidence.paired_test with the roles swapped: stable takes the canary's place, and the
tolerated case is that stable fails at most 1 / INTOLERABLE_RISK times as often as the canary. For every canary that
fails at least INTOLERABLE_RISK times as often as stable, the product over the minutes is a supermartingale. By Ville's
inequality, such a canary reaches L at any evaluation of the step with probability at most 1/L, whatever the error rates
of the minutes, for bursts up to MARGIN*theta. A step of more than thirty minutes is judged in groups
(rollout.evidence.grouping); the promise is then exact if the minutes of a group have equal calls.

Source: Ville 1939; the proof is in docs/judging.md.
"""

from collections.abc import Iterable, Sequence

from rollout.evidence.assumptions import log_mean_exp
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group, group_minutes
from rollout.evidence.outliers import log_most_worth
from rollout.evidence.paired_test import log_worths
from rollout.evidence.runs import log_sum_of_runs
from rollout.evidence.series import Minute
from rollout.evidence.spread import Bursts, weakest

INTOLERABLE_RISK = 2.0
"""A canary that fails this many times as often as stable, or more, must not end a step early."""

RATIOS = (0.75, 1.0, 1.5)
"""The ratios of stable's error rate to the canary's that are averaged, equally weighted."""


def early_log_evidence(minutes: Iterable[Minute], dispersion: Dispersion) -> float:
    """Return ln of the evidence that the canary fails less than INTOLERABLE_RISK times as often as stable.

    `minutes` are the closed minutes of one step. 0 is no evidence; an intolerable canary reaches ln(300) in at most 1
    of 300 steps.
    """
    swapped = [_swap_versions(group) for group in group_minutes(minutes) if group.canary_bad or group.stable_bad]
    return weakest(dispersion, lambda bursts: _log_evidence(swapped, dispersion, bursts))


def _log_evidence(swapped: Sequence[Group], dispersion: Dispersion, bursts: Bursts) -> float:
    most, starts = log_most_worth(dispersion.outliers), [group.start for group in swapped]
    worths = [log_worths(group, dispersion, bursts, 1 / INTOLERABLE_RISK, RATIOS) for group in swapped]
    by_ratio = ([min(worth, most) for worth in column] for column in zip(*worths, strict=True))
    totals = [log_sum_of_runs(gains, starts, dispersion.run_seconds) for gains in by_ratio]
    return log_mean_exp(totals) if totals else 0.0


def _swap_versions(group: Group) -> Group:
    return Group(group.minutes, group.stable_calls, group.stable_bad, group.canary_calls, group.canary_bad, group.start)
