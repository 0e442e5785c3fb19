"""How strongly two versions' counts speak against the canary, however often one looks and in whatever bursts.

Two tests are averaged, as an average of e-values is one again: the paired test (rollout.paired), a theorem for every
error rate, and the level test (rollout.level), which catches more where errors come in bursts. Both carry how clumped
stable's errors are (rollout.dispersion), learnt before the first shift and, in long rollouts, since. The evidence
reaches 1/alpha on a canary no worse than tolerated with probability at most alpha, over all looks together; what of
that is proved and what measured, and where it ends, stands in docs/judging.md.

Sources: Ville 1939; Lindon, Sanden and Shirikian 2022, "Rapid Regression Detection in Software Deployments through
Sequential Testing", arXiv 2205.14762, which is the case without bursts.
"""

from collections.abc import Sequence

from rollout.domain.counts import Counts
from rollout.evidence.assumptions import log_mean_exp
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import grouped, grouped_alone
from rollout.evidence.level_test import level_log_evidence
from rollout.evidence.paired_test import paired_log_evidence
from rollout.evidence.rate_grid import learn_levels
from rollout.evidence.series import Minute


def log_evidence(minutes: Sequence[Minute], history: Sequence[Counts], dispersion: Dispersion) -> float:
    """Return ln of the evidence against the canary: 0 says nothing, ln(100) is reached by chance once in 100 rollouts.

    `minutes` are both versions' since the first shift, `history` stable's before it; their order is that of time.
    """
    groups = grouped(minutes)
    if not groups:
        return 0.0
    levels = learn_levels(history, dispersion)
    return log_mean_exp([paired_log_evidence(groups, dispersion.theta), level_log_evidence(groups, dispersion, levels)])


def bake_log_evidence(minutes: Sequence[Minute], history: Sequence[Counts], dispersion: Dispersion) -> float:
    """Return ln of the evidence that the canary, alone since promotion, fails more often than stable did before.

    `minutes` are those since promotion; `history` is stable's from before the rollout and during it, oldest first. With
    no stable beside the canary, a change of the world after promotion looks the same as a worse canary: this is advice,
    unless a policy says otherwise. The promise holds only as far as stable's level would have gone on as it was.
    """
    levels = learn_levels(history, dispersion)
    # With nothing beside the canary, a level that may jump would explain away every worse one.
    return level_log_evidence(grouped_alone(minutes), dispersion, levels, jump=0)
