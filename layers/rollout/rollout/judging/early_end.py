"""Whether a step may end before its hold, if the policy allows it."""

import math

from rollout.domain.enums import Phase
from rollout.domain.models import Value
from rollout.evidence.non_inferiority_test import INTOLERABLE_RISK, early_log_evidence
from rollout.judging.observation import Observation
from rollout.policy.policy import Policy


class EarlyEnd(Value):
    """The evidence that the canary is good enough to end a step early, by the critical metric with the least of it."""

    log_evidence: float
    log_limit: float
    """Set so that a canary INTOLERABLE_RISK times as bad as stable ends any step early in at most
    `false_rollback_percent` of rollouts."""

    @property
    def is_shown(self) -> bool:
        """Whether the step may end."""
        return self.log_evidence >= self.log_limit

    def format(self) -> str:
        """Return the evidence and its limit, as the end of a judgement's reason."""
        evidence, limit = (f"{math.exp(min(log, 700)):,.3g}" for log in (self.log_evidence, self.log_limit))
        return (
            f"; evidence {evidence} that the canary is less than {INTOLERABLE_RISK:g} times as bad as stable, against a"
            f" limit of {limit} to end the step early"
        )


def early_end(observation: Observation, policy: Policy) -> EarlyEnd | None:
    """Return the evidence for an early end of the current step; None in the bake, or if the policy has no early end.

    Only closed minutes of this step count: each share must prove itself.
    """
    compared = [metric.name for metric in policy.active_metrics if metric.is_critical and metric.is_compared]
    if not policy.advance_early or observation.phase is Phase.BAKE or not compared:
        return None
    weakest = min(_log_evidence(name, observation) for name in compared)
    return EarlyEnd(log_evidence=weakest, log_limit=math.log(observation.evidence_limit(policy) * len(policy.steps)))


def _log_evidence(name: str, observation: Observation) -> float:
    if name not in observation.series:
        return 0.0
    return early_log_evidence(observation.closed_in_step(name), observation.series[name].dispersion)
