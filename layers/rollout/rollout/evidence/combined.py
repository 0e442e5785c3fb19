"""The evidence against the canary: valid at every evaluation, and under bursts of errors.

The evidence is a mean of three tests, because a mean of e-values is an e-value. The paired test
(rollout.evidence.paired_test) is a theorem for every error rate. The level test (rollout.evidence.level_test) finds
more faults when errors come in bursts. The total failure test (rollout.evidence.total_failure_test) finds a canary that
fails every call. They know stable's bursts (rollout.evidence.dispersion), learned before the first shift and, in long
rollouts, also during it. What a canary meets of them is unknown, so each answer is tested and
the weaker evidence counts (rollout.evidence.spread). For a canary that is no worse than tolerated, the probability that
the evidence reaches 1/alpha at any evaluation is at most alpha. docs/judging.md states which part of this is proved,
which part is measured, and where it ends.

Sources: Ville 1939; Lindon, Sanden and Shirikian 2022, "Rapid Regression Detection in Software Deployments through
Sequential Testing", arXiv 2205.14762, which is the case without bursts.
"""

from collections.abc import Iterator, Sequence
from math import inf

from rollout.domain.counts import Counts
from rollout.evidence.assumptions import log_mean_exp
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group, group_canary_minutes, group_minutes
from rollout.evidence.level_test import level_gains
from rollout.evidence.paired_test import paired_gains
from rollout.evidence.rate_grid import Weights, learn_levels
from rollout.evidence.runs import log_sum_of_runs, sums_of_runs
from rollout.evidence.series import Minute
from rollout.evidence.spread import Bursts, possible_bursts, weakest
from rollout.evidence.total_failure_test import total_failure_gains

SHARES = (0.7, 0.2, 0.1)
"""The weights of the level test, the paired test and the total failure test: the first finds most faults."""


def log_evidence(minutes: Sequence[Minute], history: Sequence[Counts], dispersion: Dispersion) -> float:
    """Return the natural logarithm of the evidence against the canary.

    0 is no evidence. A healthy canary reaches ln(100) by chance in at most 1 of 100 rollouts. `minutes` are the minutes
    of both versions since the first shift and `history` is stable's minutes before it, both in order of time.
    """
    groups = group_minutes(minutes)
    if not groups:
        return 0.0
    levels = learn_levels(history, dispersion)
    return weakest(dispersion, lambda bursts: _log_evidence(groups, dispersion, bursts, levels))


def highest_log_evidence(groups: Sequence[Group], dispersion: Dispersion, levels: Weights, least: float) -> float:
    """Return the highest log evidence of all evaluations, one after each group; 0 if it is below `least`.

    `levels` are the weights of stable's rate levels at the first shift. All evaluations take one pass.
    """
    if not any(group.canary_bad for group in groups):
        return 0.0  # without an error of the canary, no relative risk above the tolerated one is more likely
    weakest_so_far = [inf] * len(groups)
    for bursts in possible_bursts(dispersion):
        running = _running_log_evidence(groups, dispersion, bursts, levels)
        weakest_so_far = list(map(min, weakest_so_far, running))
        if max(weakest_so_far) < least:
            return 0.0
    return max(weakest_so_far)


def _log_evidence(groups: Sequence[Group], dispersion: Dispersion, bursts: Bursts, levels: Weights) -> float:
    return [*_running_log_evidence(groups, dispersion, bursts, levels)][-1]


def _running_log_evidence(
    groups: Sequence[Group], dispersion: Dispersion, bursts: Bursts, levels: Weights
) -> Iterator[float]:
    """Yield the log evidence after each group."""
    steps = list(level_gains(groups, dispersion, bursts, levels))
    before = [step.levels for step in steps]
    gains = (
        [min(step.gain, dispersion.log_most_worth) for step in steps],
        paired_gains(groups, dispersion, bursts),
        [min(gain, dispersion.log_most_worth) for gain in total_failure_gains(groups, before, dispersion, bursts)],
    )
    starts = [group.start for group in groups]
    sums = [sums_of_runs(each, starts, dispersion.run_seconds) for each in gains]
    return (log_mean_exp(logs, SHARES) for logs in zip(*sums, strict=True))


def bake_log_evidence(minutes: Sequence[Minute], history: Sequence[Counts], dispersion: Dispersion) -> float:
    """Return the natural logarithm of the evidence that the canary fails more often than stable did before promotion.

    `minutes` are the minutes since promotion; `history` is stable's minutes before and during the rollout, oldest
    first. The promise holds only as far as stable's error rate would have stayed the same. No stable version serves
    beside the canary, so an outage after promotion looks like a worse canary: advisory, unless a policy says otherwise.
    """
    groups, levels = group_canary_minutes(minutes), learn_levels(history, dispersion)
    starts = [group.start for group in groups]
    # Without stable's counts beside it, a rate level that can jump explains every worse canary.
    return weakest(
        dispersion,
        lambda bursts: log_sum_of_runs(
            (step.gain for step in level_gains(groups, dispersion, bursts, levels, jump=0)),
            starts,
            dispersion.run_seconds,
        ),
    )
