"""Whether a step may end before its hold, where the policy lets it."""

import math

from rollout.domain.enums import Phase
from rollout.domain.models import Value
from rollout.evidence.non_inferiority_test import INTOLERABLE_RISK, early_log_evidence
from rollout.judging.observation import Observation
from rollout.policy.policy import Policy


class EarlyEnd(Value):
    """How well a step has shown the canary to be good enough, by the critical metric that shows it least."""

    log_evidence: float
    log_limit: float
    """So high that a canary INTOLERABLE_RISK times as bad ends any of the steps early at most once in so many rollouts
    as `false_rollback_percent` says of healthy ones."""

    @property
    def is_shown(self) -> bool:
        """Whether the step may end."""
        return self.log_evidence >= self.log_limit

    def format(self) -> str:
        """Return it in words, as the end of a judgement's sentence."""
        shown, needed = (f"{math.exp(min(log, 700)):,.3g}" for log in (self.log_evidence, self.log_limit))
        return f"; evidence {shown} that it is less than {INTOLERABLE_RISK:g} times as bad, {needed} end the step early"


def early_end(seen: Observation, policy: Policy) -> EarlyEnd | None:
    """Return how near a step is to its early end; None where the policy has no such thing, and in the bake.

    Good news is taken from closed minutes alone, and from those of this step: each share has to prove itself.
    """
    compared = [metric.name for metric in policy.active_metrics if metric.is_critical and metric.is_compared]
    if not policy.advance_early or seen.phase is Phase.BAKE or not compared:
        return None
    weakest = min(_log_evidence(name, seen) for name in compared)
    return EarlyEnd(log_evidence=weakest, log_limit=math.log(policy.evidence_limit * len(policy.steps)))


def _log_evidence(name: str, seen: Observation) -> float:
    if name not in seen.series:
        return 0.0
    return early_log_evidence(seen.closed_in_step(name), seen.series[name].dispersion.theta)
