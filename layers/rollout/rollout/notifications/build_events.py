"""From what a rollout does to the news of it."""

from datetime import datetime
from typing import Any

from rollout.domain.durations import format_duration, to_integer
from rollout.domain.enums import Outcome
from rollout.domain.identity import Execution
from rollout.domain.lambda_names import FunctionName, read_function
from rollout.lifecycle.rollback import Closing, RollbackContext
from rollout.notifications.events import (
    EndingEvent,
    Event,
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
from rollout.state.judgement import Judgement
from rollout.state.rollout import Ending, Rollout

_ENDINGS: dict[Outcome, type[EndingEvent]] = {
    Outcome.PROMOTED: RolloutPromoted,
    Outcome.ROLLED_BACK: RolloutRolledBack,
    Outcome.HANDED_OVER: RolloutHandedOver,
    Outcome.ROLLBACK_FAILED: RollbackFailed,
}


def shift_events(shifted: Rollout, at: datetime) -> list[RolloutEvent]:
    """Return the news of a shift that was made; the first one starts the rollout."""
    told = _shifted(shifted, at)
    return [_started(shifted, at), told] if shifted.step == 1 else [told]


def ending_event(closing: Closing, ending: Ending, at: datetime) -> EndingEvent | RolloutRejected:
    """Return the news of an ending."""
    if ending.outcome is Outcome.REJECTED:
        return _untouched(closing, ending, at)
    kind = _ENDINGS[ending.outcome]
    return kind(
        **_every(kind, closing.execution, at),
        **_versions(closing),
        sentence=ending.cause,
        judgement=_summary(closing.judgement),
    )


def rejection_event(request: object, execution: Execution, ending: Ending, at: datetime) -> RolloutRejected:
    """Return the news of a request that was refused; whatever it is, what can be read of it is told."""
    target = requested_target(request, execution)
    name = ":".join(part for part in (target.function, target.alias) if part) or "a request"
    return RolloutRejected(
        **_every(RolloutRejected, execution, at),
        sentence=f"{name} is not rolled out: {ending.cause}",
        target=target,
        canary_version=requested_version(request),
        error=ending.error,
        cause=ending.cause,
    )


def _untouched(closing: Closing, ending: Ending, at: datetime) -> RolloutRejected:
    return RolloutRejected(
        **_every(RolloutRejected, closing.execution, at),
        **_versions(closing) | {"target": RequestedTarget(**closing.target.model_dump())},
        sentence=f"{closing.target.name} is not rolled out: {ending.cause}",
        error=ending.error,
        cause=ending.cause,
    )


def _started(shifted: Rollout, at: datetime) -> RolloutStarted:
    percents, bake = tuple(step.percent for step in shifted.policy.steps), shifted.policy.bake
    shares = ", ".join(f"{percent:g} %" for percent in percents)
    watched = f" and watched for {format_duration(bake)}" if bake else ""
    return RolloutStarted(
        **_every(RolloutStarted, shifted.execution, at),
        **_versions(shifted),
        sentence=f"{shifted.target.name}: version {shifted.canary_version} is rolled out in place of version"
        f" {shifted.stable_version}, with {shares}, then alone{watched}",
        percents=percents,
        bake_seconds=bake,
    )


def _shifted(shifted: Rollout, at: datetime) -> StepShifted:
    return StepShifted(
        **_every(StepShifted, shifted.execution, at, f"/{shifted.step}"),
        **_versions(shifted),
        sentence=f"{shifted.target.name}: {shifted.reason}",
        judgement=_summary(shifted.judgement),
        percent=shifted.percent,
        step=shifted.step,
        steps=len(shifted.policy.steps),
    )


def _every(kind: type[Event], execution: Execution, at: datetime, which: str = "") -> dict[str, Any]:
    """Return what all news has; the id is the same each time a repeated task sends it."""
    return {
        "schema_version": 1,
        "id": f"{execution.arn}/{slug(kind)}{which}",
        "at": at,
        "execution": ExecutionReference(arn=execution.arn, name=execution.name),
    }


def _versions(rollout: Rollout | RollbackContext) -> dict[str, Any]:
    return {
        "target": rollout.target,
        "stable_version": rollout.stable_version,
        "canary_version": rollout.canary_version,
    }


def _summary(judgement: Judgement | None) -> JudgementSummary | None:
    return JudgementSummary(**judgement.model_dump()) if judgement else None


def requested_target(request: object, execution: Execution) -> RequestedTarget:
    """Return the alias a request is about, as far as it says so."""
    named = _function(request)
    return RequestedTarget(
        account=(named and named.account) or execution.account_region.account,
        region=(named and named.region) or execution.account_region.region,
        function=named.name if named else None,
        alias=_text(request, "alias") or _qualifier(named, is_version=False),
    )


def requested_version(request: object) -> str | None:
    """Return the version a request asks for; None where it leaves the choice to us, or makes no sense."""
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
    return value if isinstance(value, str) else None


def _field(request: object, field: str) -> object:
    return request.get(field) if isinstance(request, dict) else None


def _qualifier(named: FunctionName | None, *, is_version: bool) -> str | None:
    if named is None or named.qualifier is None:
        return None
    qualifier = named.qualifier
    return qualifier if is_version is (qualifier == "$LATEST" or qualifier.isdigit()) else None
