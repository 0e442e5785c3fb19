"""What PrepareRollout has to know before it answers a request, and what it leaves behind."""

from datetime import datetime

from rollout.accept import accept, alias_mark
from rollout.aws.functions import FunctionLookup
from rollout.aws.policies import stored_policies
from rollout.aws.settings import default_policy
from rollout.aws.wiring import alarms, alias_of, claims, ledger, lookup, version_metrics, waiting_versions
from rollout.chosen import chosen
from rollout.claim import Waiting, claim_of, seconds_to_next_try
from rollout.errors import AliasMovingError, ClaimLostError
from rollout.facts import FunctionFacts
from rollout.models import Execution, Rollout, Target
from rollout.policy import OnNewerVersion
from rollout.published import execution_name
from rollout.request import Asked, Preparation, RolloutRequest
from rollout.words import Start


def accepted(asked: Preparation, now: datetime) -> Rollout:
    """Return what becomes of a request, once all it meets was looked up; raises what `accept` raises."""
    wanted = asked.read()
    function = lookup(wanted.place, wanted.function)
    request = request_for(wanted, function)
    return accept(request, facts_for(request, function, asked.execution, now), asked.execution)


def request_for(asked: Asked, function: FunctionLookup) -> RolloutRequest:
    """Return what is asked for with its policy, read whole from wherever it is.

    Raises a RefusedError where there is no such policy, or no such function to ask; or AwsUnavailableError.
    """
    choice = chosen(asked.policy, {} if asked.policy is not None else function.tags, default_policy())
    name = choice.stored_name
    stored = stored_policies().find(name) if name else None
    return asked.by(choice.policy(stored), choice.source(stored))


def facts_for(request: RolloutRequest, function: FunctionLookup, execution: Execution, now: datetime) -> FunctionFacts:
    """Return the function, its versions and alias, and what the policy's alarms and witnesses start from.

    Raises a RefusedError where there is no such function, and AwsUnavailableError or MetricsIncompleteError where AWS
    gave no whole answer.
    """
    target = request.target(function.opted_in_alias)
    # Before the alias and after it: a rollout that ends or begins meanwhile must not make it look like a stranger's.
    held_before = claims().find(target)
    found = function.facts(request)
    learnt = version_metrics(target.place).p99(target, now) if request.policy.learns_slowness and found.alias else None
    watched = alarms(target.place).colours([*request.policy.alarms])
    waiting = waiting_versions().find(target)
    return found.model_copy(
        update={
            "alarms": watched,
            "p99_ms": learnt,
            "claim": held_before or claims().find(target),
            "rolled_out_before": _is_repeated(request, target, execution),
            "waiting": waiting if waiting and waiting.waits_at(now) else None,
        }
    )


def _is_repeated(request: RolloutRequest, target: Target, execution: Execution) -> bool:
    """Whether an event or a sweep asks for what was done before (P7); a person may ask as often as they like."""
    version = request.version or ""
    is_by_event = execution.name == execution_name(target, version)
    return is_by_event and ledger().knows(target, version, besides=execution.arn)


def enter(rollout: Rollout, now: datetime) -> Rollout:
    """Leave behind what an accepted request has to: its claim and its entry, its place among the waiting, or an alias.

    Raises AliasMovingError where the alias or its claim changed meanwhile, or AwsUnavailableError.
    """
    match rollout.start:
        case Start.BEGIN | Start.PROMOTE:
            _begin(rollout)
        case Start.QUEUE:
            return _wait(rollout, now)
        case Start.NOTHING_TO_DO if not rollout.revision_id:
            alias_of(rollout.target).create(rollout.canary_version, alias_mark(rollout.execution))
    return rollout


def _begin(rollout: Rollout) -> None:
    claims().take(claim_of(rollout))
    alias = alias_of(rollout.target).find()
    if alias is None or alias.revision_id != rollout.revision_id:
        # The claim is kept: redriven, this very execution may have begun under it. If it ends, the guardian drops it.
        raise AliasMovingError(f"{rollout.target.name} was moved while it was being claimed.")
    if not ledger().open(rollout):
        raise ClaimLostError(
            f"Execution {rollout.execution.name} was closed in the ledger while it did not run, so it begins nothing:"
            " start a new one."
        )
    waiting_versions().leave(rollout.target, rollout.execution)


def _wait(rollout: Rollout, now: datetime) -> Rollout:
    waiting = Waiting(version=rollout.canary_version, holder=rollout.execution, seen_at=now)
    waiting_versions().enter(rollout.target, waiting)
    held = claims().find(rollout.target)
    if held and rollout.policy.on_newer_version is OnNewerVersion.SUPERSEDE:
        claims().supersede(held, rollout.canary_version)
    return rollout.model_copy(update={"wait_seconds": seconds_to_next_try(rollout, now)})
