"""Limits a policy to the metrics that a traffic source supplies, and names each metric's series."""

from collections.abc import Collection, Mapping

from rollout.evidence.series import Measured, Series
from rollout.judging.counting import metric_reading
from rollout.judging.observation import CALLS
from rollout.policy.policy import Policy
from simulator.files import InvalidInputError

ERRORS, SLOW = "errors", "slow"
"""The kinds of metrics that a traffic source can supply."""


def counts_slow(policy: Policy) -> bool:
    """Whether the policy has an active metric of slow calls."""
    return any(metric.slow for metric in policy.active_metrics)


def ignore_unsupported(policy: Policy, kinds: Collection[str], source: str) -> tuple[Policy, list[str]]:
    """Return the policy with the metrics of all other kinds ignored, and the names of those metrics.

    Raises InvalidInputError if no critical metric is left; `source` names the traffic source in the message.
    """
    unsupported = [metric.name for metric in policy.active_metrics if metric.kind not in kinds]
    supported = policy.model_copy(update={"ignore": [*policy.ignore, *unsupported]})
    if not any(metric.is_critical for metric in supported.active_metrics):
        raise InvalidInputError(
            f"{source} has no data for {', '.join(unsupported)}, and the policy has no other critical metric."
            f" Add a critical metric of the kind {' or '.join(kinds)}."
        )
    if counts_slow(supported):
        return supported, unsupported
    guards = supported.guards.model_copy(update={"max_slow_percent": None})
    return supported.model_copy(update={"guards": guards}), unsupported


def measured_by_name(policy: Policy, by_kind: Mapping[str, Series]) -> Measured:
    """Return the series of each active metric by its name, and the series of the calls in any case."""
    supplied = [metric for metric in policy.active_metrics if metric.kind in by_kind]
    titles = {metric.name: metric_reading(metric, None, by_percentile=False).title for metric in supplied}
    by_name = {
        metric.name: by_kind[metric.kind].model_copy(update={"title": titles[metric.name]}) for metric in supplied
    }
    return {CALLS: by_kind[ERRORS]} | by_name
