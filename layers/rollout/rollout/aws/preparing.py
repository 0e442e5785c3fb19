"""What PrepareRollout has to know before it answers a request, and what it leaves behind."""

from datetime import datetime

from rollout.accept import alias_mark
from rollout.aws.wiring import alarms, alias_of, ledger, lookup, version_metrics
from rollout.facts import FunctionFacts
from rollout.models import Execution, Rollout
from rollout.request import RolloutRequest
from rollout.words import Start


def facts_for(request: RolloutRequest, execution: Execution, now: datetime) -> FunctionFacts:
    """Return the function, its versions and alias, and what the policy's alarms and witnesses start from.

    Raises a RefusedError where there is no such function, and AwsUnavailableError or MetricsIncompleteError where AWS
    gave no whole answer.
    """
    found = lookup(request.function).facts(request, execution)
    learnt = version_metrics().p99(found.target, now) if request.policy.learns_slowness and found.alias else None
    watched = alarms().colours([*request.policy.alarms])
    return found.model_copy(update={"alarms": watched, "p99_ms": learnt})


def enter(rollout: Rollout) -> None:
    """Enter an accepted rollout into the ledger, or make the alias where there was none; raises AwsUnavailableError."""
    if rollout.start is Start.BEGIN:
        ledger().open(rollout)
    else:
        alias_of(rollout.target).create(rollout.canary_version, alias_mark(rollout.execution))
