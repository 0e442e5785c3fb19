"""Builds the events of a rollout, from its document, its ending or its request."""

from datetime import datetime
from typing import Any

from rollout.domain.durations import format_duration, to_integer
from rollout.domain.enums import Outcome
from rollout.domain.identity import Execution
from rollout.domain.lambda_names import FunctionName, read_function
from rollout.domain.text import shorten
from rollout.lifecycle.rollback import Closing
from rollout.notifications.events import (
    EndingEvent,
    ExecutionEvent,
    ExecutionReference,
    JudgementSummary,
    RequestedTarget,
    RollbackFailed,
    RolloutEvent,
    RolloutHandedOver,
    RolloutPromoted,
    RolloutRejected,
    RolloutRolledBack,
    RolloutStarted,
    StepShifted,
    slug,
)
from rollout.state.ending import Ending
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout
from rollout.state.writer_search import WriterSearch

_EVENT_TYPES: dict[Outcome, type[EndingEvent]] = {
    Outcome.PROMOTED: RolloutPromoted,
    Outcome.ROLLED_BACK: RolloutRolledBack,
    Outcome.HANDED_OVER: RolloutHandedOver,
    Outcome.ROLLBACK_FAILED: RollbackFailed,
}

_LONGEST_NAME = 256
"""The most characters of a name that a refused request contains; a valid name is shorter."""


def shift_events(shifted: Rollout, at: datetime) -> list[RolloutEvent]:
    """Return the events of a shift; the first shift also starts a rollout that no hook has started."""
    step_shifted = _step_shifted(shifted, at)
    is_start = shifted.step == 1 and not shifted.policy.hooks.before_traffic
    return [start_event(shifted, at), step_shifted] if is_start else [step_shifted]


def start_event(shifted: Rollout, at: datetime) -> RolloutStarted:
    """Return the event of a rollout that starts: with hooks, with its first share, or with its promotion."""
    percents, bake = tuple(step.percent for step in shifted.policy.steps), shifted.policy.bake
    shares = "".join(f"{percent:g} %, " for percent in percents)
    bake_part = f" and a bake of {format_duration(bake)}" if bake else ""
    return RolloutStarted(
        **_common_fields(RolloutStarted, shifted.execution, at),
        **_version_fields(shifted),
        sentence=f"{shifted.target.name}: version {shifted.canary_version} is rolled out in place of version"
        f" {shifted.stable_version}, with {shares}{'then ' if shares else ''}100 %{bake_part}"
        f"{f'; {shifted.auto}' if shifted.auto else ''}",
        auto=shifted.auto or None,
        percents=percents,
        bake_seconds=bake,
    )


def ending_event(closing: Closing, ending: Ending, at: datetime) -> EndingEvent | RolloutRejected:
    """Return the event of an ending; RolloutRejected for a rollout that ended before its first write."""
    if ending.outcome is Outcome.REJECTED:
        return _rejected(closing, ending, at)
    event_type = _EVENT_TYPES[ending.outcome]
    extra: dict[str, Any] = {"writer": ending.writer} if ending.writer else {}
    if ending.outcome is Outcome.ROLLED_BACK:
        extra["canary_logs"] = closing.canary_logs
    return event_type(
        **_common_fields(event_type, closing.execution, at),
        **_version_fields(closing),
        **extra,
        sentence=ending.cause,
        judgement=_summary(closing.judgement),
    )


def writer_event(search: WriterSearch, ending: Ending, at: datetime) -> EndingEvent | RolloutRejected:
    """Return the event of an ending again, as it is complete with its writer; it has an id of its own."""
    event = ending_event(Closing.model_validate(search.model_dump()), ending, at)
    return event.model_copy(update={"id": f"{event.id}/writer", "completes": event.id})


def rejection_event(request: object, execution: Execution, ending: Ending, at: datetime) -> RolloutRejected:
    """Return the event of a refused request, with the fields that can be read of any input."""
    target = requested_target(request, execution)
    name = ":".join(part for part in (target.function, target.alias) if part) or "a request"
    return RolloutRejected(
        **_common_fields(RolloutRejected, execution, at),
        sentence=f"{name} is not rolled out: {ending.cause}",
        target=target,
        canary_version=requested_version(request),
        error=ending.error,
        cause=ending.cause,
    )


def _rejected(closing: Closing, ending: Ending, at: datetime) -> RolloutRejected:
    return RolloutRejected(
        **_common_fields(RolloutRejected, closing.execution, at),
        **_version_fields(closing) | {"target": RequestedTarget(**closing.target.model_dump())},
        sentence=f"{closing.target.name} is not rolled out: {ending.cause}",
        error=ending.error,
        cause=ending.cause,
    )


def _step_shifted(shifted: Rollout, at: datetime) -> StepShifted:
    return StepShifted(
        **_common_fields(StepShifted, shifted.execution, at, f"/{shifted.step}"),
        **_version_fields(shifted),
        sentence=f"{shifted.target.name}: {shifted.reason}",
        judgement=_summary(shifted.judgement),
        percent=shifted.percent,
        step=shifted.step,
        steps=len(shifted.policy.steps),
    )


def _common_fields(
    event_type: type[ExecutionEvent], execution: Execution, at: datetime, id_suffix: str = ""
) -> dict[str, Any]:
    """Return the fields of every event; a repeated task gives its event the same id."""
    return {
        "schema_version": 1,
        "id": f"{execution.arn}/{slug(event_type)}{id_suffix}",
        "at": at,
        "execution": ExecutionReference(arn=execution.arn, name=execution.name),
    }


def _version_fields(rollout: Rollout | Closing) -> dict[str, Any]:
    return {
        "target": rollout.target,
        "channel": rollout.channel,
        "stable_version": rollout.stable_version,
        "canary_version": rollout.canary_version,
    }


def _summary(judgement: Judgement | None) -> JudgementSummary | None:
    return JudgementSummary(**judgement.model_dump()) if judgement else None


def requested_target(request: object, execution: Execution) -> RequestedTarget:
    """Return the alias that a request names, with None for what it does not name."""
    function = _function(request)
    return RequestedTarget(
        account=(function and function.account) or execution.account_region.account,
        region=(function and function.region) or execution.account_region.region,
        function=function.name if function else None,
        alias=_text(request, "alias") or _qualifier(function, is_version=False),
    )


def requested_version(request: object) -> str | None:
    """Return the version that a request names; None where it names none, or one that cannot be read."""
    version = to_integer(_field(request, "version"))
    if isinstance(version, int) and not isinstance(version, bool):
        return str(version)
    return _text(request, "version") or _qualifier(_function(request), is_version=True)


def _function(request: object) -> FunctionName | None:
    try:
        return read_function(_text(request, "function") or "")
    except ValueError:
        return None


def _text(request: object, field: str) -> str | None:
    value = _field(request, field)
    return shorten(value, _LONGEST_NAME) if isinstance(value, str) else None


def _field(request: object, field: str) -> object:
    return request.get(field) if isinstance(request, dict) else None


def _qualifier(function: FunctionName | None, *, is_version: bool) -> str | None:
    if function is None or function.qualifier is None:
        return None
    qualifier = function.qualifier
    return qualifier if is_version is (qualifier == "$LATEST" or qualifier.isdigit()) else None
