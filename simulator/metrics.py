"""Which metrics of a policy can be asked where the traffic comes from here, and what each of them sees."""

from collections.abc import Collection, Mapping

from rollout.evidence.series import Measured, Series
from rollout.judging.counting import metric_reading
from rollout.judging.observation import CALLS
from rollout.policy.policy import Policy
from simulator.files import UnreadableError

ERRORS, SLOW = "errors", "slow"
"""The kinds of metrics there are calls for."""


def counts_slow(policy: Policy) -> bool:
    """Whether slow calls are counted under a policy."""
    return any(metric.slow for metric in policy.active_metrics)


def left_in(policy: Policy, kinds: Collection[str], source: str) -> tuple[Policy, list[str]]:
    """Return the policy with all metrics of other kinds muted, and their names.

    Raises UnreadableError where nothing that decides is left; `source` is what cannot tell of them.
    """
    left_out = [metric.name for metric in policy.active_metrics if metric.kind not in kinds]
    kept = policy.model_copy(update={"ignore": [*policy.ignore, *left_out]})
    if not any(metric.is_critical for metric in kept.active_metrics):
        raise UnreadableError(
            f"Nothing that decides is left of the policy without {', '.join(left_out)}, of which {source} cannot tell:"
            f" give it a critical metric of {' or '.join(kinds)}."
        )
    if counts_slow(kept):
        return kept, left_out
    guards = kept.guards.model_copy(update={"max_slow_percent": None})
    return kept.model_copy(update={"guards": guards}), left_out


def measured(policy: Policy, by_kind: Mapping[str, Series]) -> Measured:
    """Return each metric's series by its name, and the calls whether the policy has a metric of them or not."""
    active_metrics = [metric for metric in policy.active_metrics if metric.kind in by_kind]
    titles = {one.name: metric_reading(one, None, by_percentile=False).title for one in active_metrics}
    named = {one.name: by_kind[one.kind].model_copy(update={"title": titles[one.name]}) for one in active_metrics}
    return {CALLS: by_kind[ERRORS]} | named
