"""Looks up the functions of a release, some in each try, before anything is touched."""

from datetime import datetime
from typing import Any

from pydantic import Field

from rollout.admission.accept import accept
from rollout.admission.read_request import Preparation
from rollout.admission.refusals.combine import combine_refusals
from rollout.admission.releases.plan import can_begin, is_served, planned_part
from rollout.admission.releases.read_release import ReleaseRequest
from rollout.domain.errors import RefusedError
from rollout.domain.identity import Execution
from rollout.domain.models import Value
from rollout.domain.text import shorten
from rollout.state.releases.release import PlannedPart
from rollout.tasks.dry_run import answer_dry_run
from rollout.tasks.look_up import look_up

_PARTS_PER_TRY = 10
"""How many parts one invocation looks up: each takes a second or two, and some calls of Lambda's control plane."""

_MOST_PLANS = 20
"""Up to so many parts, the answer to a dry run has the whole plan of each."""


class Prepared(Value):
    """What the tries so far have found out."""

    functions: Any = None
    """The functions as they were read from S3, once; None where the input has them."""
    parts: tuple[PlannedPart, ...] = ()
    plans: tuple[dict[str, Any], ...] = ()
    """What a dry run answers for each part."""
    blocked: tuple[str, ...] = ()
    """The functions for which a dry run finds that they could not begin now."""
    refusals: tuple[str, ...] = ()
    left_out: tuple[int, ...] = ()
    """The numbers of the functions that have nothing to roll out."""
    checked: int = Field(default=0, description="How many functions have been looked up.")


def look_up_some(request: ReleaseRequest, execution: Execution, prepared: Prepared, now: datetime) -> Prepared:
    """Return what is known after the next functions were looked up; a function that is refused stops no other one.

    Raises VersionPendingError, AwsUnavailableError or MetricsIncompleteError.
    """
    for number in range(prepared.checked, min(prepared.checked + _PARTS_PER_TRY, len(request.functions))):
        prepared = _look_up_one(request, number, execution, prepared, now)
    return prepared


def _look_up_one(
    request: ReleaseRequest, number: int, execution: Execution, prepared: Prepared, now: datetime
) -> Prepared:
    preparation = Preparation(request=request.functions[number].request(), execution=execution)
    found: dict[str, Any] = {"checked": number + 1}
    try:
        if request.dry_run:
            answer: dict[str, Any] = answer_dry_run(preparation, now)
            found["plans"] = (*prepared.plans, _plan(answer, request))
            if not can_begin(answer["plan"]["start"]):
                found["blocked"] = (*prepared.blocked, request.functions[number].function)
        else:
            found["parts"] = (*prepared.parts, _part(request, number, preparation, now))
    except RefusedError as refusal:
        found |= _refused(request, number, prepared, refusal)
    return prepared.model_copy(update=found)


def _refused(request: ReleaseRequest, number: int, prepared: Prepared, refusal: RefusedError) -> dict[str, Any]:
    if request.skip_served and not request.dry_run and is_served(refusal):
        return {"left_out": (*prepared.left_out, number)}
    function = request.functions[number].function
    found = {"refusals": (*prepared.refusals, shorten(f"{function}: {refusal}", 1000))}
    if not request.dry_run:
        return found
    return found | {"plans": (*prepared.plans, {"reason": str(refusal)}), "blocked": (*prepared.blocked, function)}


def _plan(answer: dict[str, Any], request: ReleaseRequest) -> dict[str, Any]:
    """Return what the dry run of a release keeps of a function's plan."""
    return answer if len(request.functions) <= _MOST_PLANS else {"reason": answer["reason"]}


def _part(request: ReleaseRequest, number: int, preparation: Preparation, now: datetime) -> PlannedPart:
    result = look_up(preparation, now)
    if result.refusals or result.request is None or result.facts is None:
        raise combine_refusals(result.refusals)
    return planned_part(request, number, accept(result.request, result.facts, preparation.execution))
