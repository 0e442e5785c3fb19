"""Warns of failures that Lambda counts as successes, if the policy measures nothing else."""

from collections.abc import Iterator

from rollout.admission.callers import Callers
from rollout.policy.policy import Policy

_BLIND = {"errors", "slow", "throttles"}
"""The metrics that Lambda itself counts; none of them sees what the function answers."""
_REMEDY = (
    "add the metric logs, a CloudWatch metric by version or an alarm to the policy (docs/metrics.md), or raise an"
    " exception"
)


def silent_failure_warnings(callers: Callers, policy: Policy, alias: str) -> Iterator[str]:
    """Yield a sentence on each kind of failure that the policy cannot see; nothing if a metric of another kind can."""
    if not {metric.kind for metric in policy.active_metrics} <= _BLIND:
        return
    if callers.http:
        yield (
            f"{alias} is called by {' and '.join(callers.http)}, and Lambda counts an HTTP 500 that the function"
            f" answers as a success: {_REMEDY}."
        )
    if callers.batches:
        yield (
            f"{alias} reports the failed items of batches from {' and '.join(callers.batches)}"
            f" (ReportBatchItemFailures), and Lambda counts these calls as successes: {_REMEDY}."
        )
    if callers.unread:
        yield (
            f"It is unknown who calls {alias}, because Lambda does not return {' and '.join(callers.unread)}. If it"
            " answers HTTP requests or reports failed items of batches, Lambda counts these failures as successes:"
            f" {_REMEDY}."
        )
