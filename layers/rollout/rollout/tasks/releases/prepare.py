"""Prepares a release: every part is looked up before anything is touched, some in each try."""

import json
from datetime import datetime
from typing import Any

from rollout.admission.refusals.combine import combine_refusals
from rollout.admission.releases.from_s3 import MOST_BYTES, read_functions, s3_refusal
from rollout.admission.releases.order import levels
from rollout.admission.releases.plan import (
    planned_release,
    release_refusals,
    start_orders,
)
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
    AwsRefusedError,
    RefusedError,
    ReleaseRefusedError,
)
from rollout.domain.identity import Execution
from rollout.domain.text import format_count, format_names
from rollout.lifecycle.releases.judge import seconds_to_next_judgement
from rollout.tasks.releases.look_up_parts import Prepared, look_up_some

_MOST_STATE_BYTES = 250_000
"""What a try gets together with the input: Step Functions passes at most 256 KB from state to state."""


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
    prepared = look_up_some(request, execution, prepared, now)
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
    if len(json.dumps(plans).encode()) > _MOST_STATE_BYTES:
        plans = [{"function": plan["function"], "reason": plan["reason"]} for plan in plans]
    order = levels({part.function: part.after for part in request.functions})
    return {
        "start": "answered",
        "reason": f"dry run, nothing was touched: the release {request.release} has {size}{_format_blocked(prepared)}",
        "release": request.release,
        "order": order,
        "functions": plans,
    }
