"""Prepares a release: every part is looked up before anything is touched, some in each try."""

from datetime import datetime
from typing import Any

from pydantic import Field

from rollout.admission.accept import accept
from rollout.admission.read_request import Preparation
from rollout.admission.refusals.combine import combine_refusals
from rollout.admission.releases.order import levels
from rollout.admission.releases.plan import planned_part, planned_release, release_refusals, start_orders
from rollout.admission.releases.read_release import ReleasePreparation, ReleaseRequest, read_release, s3_location
from rollout.aws.dynamodb.releases import releases
from rollout.aws.powertools import logger
from rollout.aws.s3 import read_object
from rollout.aws.settings import timing
from rollout.domain.errors import AwsRefusedError, InvalidRequestError, RefusedError, ReleaseRefusedError
from rollout.domain.identity import Execution
from rollout.domain.json_values import plain_json, read_json
from rollout.domain.models import Value
from rollout.domain.text import shorten
from rollout.lifecycle.releases.judge import seconds_to_next_judgement
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
    refusals: tuple[str, ...] = ()
    checked: int = Field(default=0, description="How many functions have been looked up.")


def prepare_release(preparation: ReleasePreparation, now: datetime) -> dict[str, object]:
    """Return the document of a release: to go on with its preparation, to begin, answered or rejected.

    Raises VersionPendingError, AwsUnavailableError or MetricsIncompleteError, after which the try is repeated.
    """
    try:
        return _prepare(preparation, Execution.model_validate(preparation.execution), now)
    except RefusedError as refusal:
        logger.warning("Release refused", error=type(refusal).__name__, reason=str(refusal))
        return {"start": "reject", "Error": type(refusal).__name__, "Cause": str(refusal)}


def _prepare(preparation: ReleasePreparation, execution: Execution, now: datetime) -> dict[str, object]:
    prepared = Prepared.model_validate(preparation.previous or {})
    if prepared.functions is None:
        prepared = prepared.model_copy(update={"functions": _functions(preparation.request)})
    request = read_release({**preparation.request, "functions": prepared.functions})
    prepared = _look_up_some(request, execution, prepared, now)
    if prepared.checked < len(request.functions):
        return {"start": "prepare"} | prepared.model_dump(mode="json")
    if request.dry_run:
        return _answer(request, prepared)
    return _begin(request, execution, prepared, now)


def _functions(request: object) -> object:
    """Return the functions of the input, or of its object in S3, which is read only once."""
    location = s3_location(request)
    if location is None:
        return request.get("functions") if isinstance(request, dict) else read_release(request)
    try:
        return plain_json(read_json(read_object(location.bucket, location.key)))
    except AwsRefusedError as error:
        raise InvalidRequestError(
            f"{error} The stack's parameter ReleaseBucket names the bucket it may read."
        ) from None
    except ValueError:
        raise InvalidRequestError(f"s3://{location.bucket}/{location.key} is no JSON: write an array.") from None


def _look_up_some(request: ReleaseRequest, execution: Execution, prepared: Prepared, now: datetime) -> Prepared:
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
            found["plans"] = (*prepared.plans, answer_dry_run(preparation, now))
        else:
            found["parts"] = (*prepared.parts, _part(request, number, preparation, now))
    except RefusedError as refusal:
        found["refusals"] = (*prepared.refusals, shorten(f"{request.functions[number].function}: {refusal}", 1000))
        found["plans"] = (*prepared.plans, {"reason": str(refusal)})
    return prepared.model_copy(update=found)


def _part(request: ReleaseRequest, number: int, preparation: Preparation, now: datetime) -> PlannedPart:
    result = look_up(preparation, now)
    if result.refusals or result.request is None or result.facts is None:
        raise combine_refusals(result.refusals)
    return planned_part(request, number, accept(result.request, result.facts, preparation.execution))


def _begin(request: ReleaseRequest, execution: Execution, prepared: Prepared, now: datetime) -> dict[str, object]:
    refusals = [ReleaseRefusedError(each) for each in prepared.refusals] + [*release_refusals(prepared.parts)]
    if refusals:
        raise combine_refusals(refusals)
    release = planned_release(request, prepared.parts, execution, now)
    orders = start_orders(request, release)
    releases().open(release, now)
    return {
        "start": "begin",
        "release": release.name,
        "execution": execution.model_dump(mode="json"),
        "starts": [{"name": order.name, "input": order.input} for order in orders],
        "wait_seconds": seconds_to_next_judgement(release, now, timing().period_seconds),
        "next_check": 0,
    }


def _answer(request: ReleaseRequest, prepared: Prepared) -> dict[str, object]:
    is_short = len(request.functions) > _MOST_PLANS
    plans = [
        {"function": part.function, **({"reason": plan["reason"]} if is_short else plan)}
        for part, plan in zip(request.functions, prepared.plans, strict=True)
    ]
    order = levels({part.function: part.after for part in request.functions})
    return {
        "start": "answered",
        "reason": f"dry run, nothing was touched: the release {request.release} has {len(plans)} functions",
        "release": request.release,
        "order": order,
        "functions": plans,
    }
