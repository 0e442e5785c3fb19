"""Prepares a release: every part is looked up before anything is touched, some in each try."""

import json
from datetime import datetime
from typing import Any

from pydantic import Field

from rollout.admission.accept import accept
from rollout.admission.read_request import Preparation
from rollout.admission.refusals.combine import combine_refusals
from rollout.admission.releases.from_s3 import MOST_BYTES, read_functions, s3_refusal
from rollout.admission.releases.order import levels
from rollout.admission.releases.plan import can_begin, planned_part, planned_release, release_refusals, start_orders
from rollout.admission.releases.read_release import (
    ReleasePreparation,
    ReleaseRequest,
    S3Location,
    read_release,
    s3_location,
)
from rollout.aws.dynamodb.releases import releases
from rollout.aws.powertools import logger
from rollout.aws.s3 import read_object
from rollout.aws.settings import timing
from rollout.domain.errors import (
    AlreadyServedError,
    AwsRefusedError,
    OlderVersionError,
    RefusedError,
    ReleaseRefusedError,
)
from rollout.domain.identity import Execution
from rollout.domain.models import Value
from rollout.domain.text import format_count, format_names, shorten
from rollout.lifecycle.releases.judge import seconds_to_next_judgement
from rollout.state.releases.release import PlannedPart
from rollout.tasks.dry_run import answer_dry_run
from rollout.tasks.look_up import look_up

_PARTS_PER_TRY = 10
"""How many parts one invocation looks up: each takes a second or two, and some calls of Lambda's control plane."""

_MOST_PLANS = 20
"""Up to so many parts, the answer to a dry run has the whole plan of each."""

_MOST_STATE_BYTES = 250_000
"""What a try gets together with the input: Step Functions passes at most 256 KB from state to state."""


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
    prepared, request = _read_request(preparation.request, Prepared.model_validate(preparation.previous or {}))
    prepared = _look_up_some(request, execution, prepared, now)
    if prepared.checked < len(request.functions):
        return _go_on(preparation.request, prepared, len(request.functions))
    if request.dry_run:
        return _answer(request, prepared)
    return _begin(request, execution, prepared, now)


def _read_request(request: object, prepared: Prepared) -> tuple[Prepared, ReleaseRequest]:
    """Return the input of a release, and what was found so far with the functions of an object in S3.

    Raises InvalidRequestError or AwsUnavailableError.
    """
    location = s3_location(request)
    if location is None or not isinstance(request, dict):
        return prepared, read_release(request)
    functions = _read_from_s3(location) if prepared.functions is None else prepared.functions
    return prepared.model_copy(update={"functions": functions}), read_release({**request, "functions": functions})


def _read_from_s3(location: S3Location) -> list[Any]:
    try:
        body, size = read_object(location.bucket, location.key, MOST_BYTES)
    except AwsRefusedError as error:
        raise s3_refusal(location, error.code, str(error.__cause__ or error)) from None
    return read_functions(location, body, size)


def _go_on(request: object, prepared: Prepared, count: int) -> dict[str, object]:
    """Return the document of the next try. Raises ReleaseRefusedError where Step Functions cannot pass it on."""
    document = {"start": "prepare"} | prepared.model_dump(mode="json")
    size = len(json.dumps([request, document]).encode())
    if size <= _MOST_STATE_BYTES:
        return document
    too_long = ReleaseRefusedError(
        f"the input and what was found about {prepared.checked} of {count} functions have {size:,} bytes, and Step"
        f" Functions has room for {_MOST_STATE_BYTES:,}: store the policies in Parameter Store and name them, or make"
        " several releases."
    )
    raise combine_refusals([*map(ReleaseRefusedError, prepared.refusals), too_long])


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
            answer: dict[str, Any] = answer_dry_run(preparation, now)
            found["plans"] = (*prepared.plans, _plan(answer, request))
            if not can_begin(answer["plan"]["start"]):
                found["blocked"] = (*prepared.blocked, request.functions[number].function)
        else:
            found["parts"] = (*prepared.parts, _part(request, number, preparation, now))
    except RefusedError as refusal:
        if request.skip_served and not request.dry_run and _is_served(refusal):
            return prepared.model_copy(update=found | {"left_out": (*prepared.left_out, number)})
        found["refusals"] = (*prepared.refusals, shorten(f"{request.functions[number].function}: {refusal}", 1000))
        found["plans"] = (*prepared.plans, {"reason": str(refusal)}) if request.dry_run else ()
        found["blocked"] = (*prepared.blocked, request.functions[number].function) if request.dry_run else ()
    return prepared.model_copy(update=found)


def _is_served(refusal: RefusedError) -> bool:
    """Whether a function is refused only because its alias serves the version already, or a newer one."""
    return all(isinstance(each, AlreadyServedError | OlderVersionError) for each in refusal.reasons or (refusal,))


def _plan(answer: dict[str, Any], request: ReleaseRequest) -> dict[str, Any]:
    """Return what the dry run of a release keeps of a function's plan."""
    return answer if len(request.functions) <= _MOST_PLANS else {"reason": answer["reason"]}


def _part(request: ReleaseRequest, number: int, preparation: Preparation, now: datetime) -> PlannedPart:
    result = look_up(preparation, now)
    if result.refusals or result.request is None or result.facts is None:
        raise combine_refusals(result.refusals)
    return planned_part(request, number, accept(result.request, result.facts, preparation.execution))


def _begin(request: ReleaseRequest, execution: Execution, prepared: Prepared, now: datetime) -> dict[str, object]:
    refusals = [ReleaseRefusedError(each) for each in prepared.refusals] + [*release_refusals(prepared.parts)]
    if refusals:
        raise combine_refusals(refusals)
    if not prepared.parts:
        return {"start": "answered", "reason": f"each function of {request.release} serves its version already"}
    release = planned_release(request, prepared.parts, execution, now)
    orders = start_orders(request.without(prepared.left_out), release)
    releases().open(release, now)
    return {
        "start": "begin",
        "release": release.name,
        "execution": execution.model_dump(mode="json"),
        "starts": [{"name": order.name, "input": order.input} for order in orders],
        "wait_seconds": seconds_to_next_judgement(release, now, timing().period_seconds),
        "next_check": 0,
    }


def _format_blocked(prepared: Prepared) -> str:
    """Return for which functions the release would be refused; empty where it would begin."""
    if not prepared.blocked:
        return ""
    return f", and would be refused, because {len(prepared.blocked)} cannot begin now: {format_names(prepared.blocked)}"


def _answer(request: ReleaseRequest, prepared: Prepared) -> dict[str, object]:
    size = format_count(len(prepared.plans), "function")
    plans = [{"function": part.function, **plan} for part, plan in zip(request.functions, prepared.plans, strict=True)]
    order = levels({part.function: part.after for part in request.functions})
    return {
        "start": "answered",
        "reason": f"dry run, nothing was touched: the release {request.release} has {size}{_format_blocked(prepared)}",
        "release": request.release,
        "order": order,
        "functions": plans,
    }
