"""Sound values that a test changes in the one place it is about."""

from datetime import UTC, datetime, timedelta

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.domain.identity import Execution, Target
from rollout.evidence.series import Minute, Series
from rollout.judging.observation import Observation
from rollout.judging.window import Timing
from rollout.policy.policy import Policy
from rollout.state.alias import AliasState
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""A whole minute, at which everything here begins."""

ON_AWS = Timing(period_seconds=60, lag_seconds=120)

EXECUTION = Execution(
    arn="arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-4",
    name="my-api-4",
    started_at=AT - timedelta(seconds=10),
)

TARGET = Target(account="123456789012", region="eu-west-1", function="my-api", alias="live")


QUIET_HOUR = (Counts(calls=1000, bad=1),) * 60
"""Stable before the first shift: one call in a thousand fails, and never in bursts."""


def policy(**changes: object) -> Policy:
    """Return two steps, 10 % and 50 %, of five minutes each, and a bake as long."""
    steps = [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}]
    return Policy.model_validate({"steps": steps, "bake": "5m"} | changes)


def rollout(**changes: object) -> Rollout:
    """Return a rollout of version 4 over version 3, at its first step since AT."""
    sound = Rollout(
        execution=EXECUTION,
        target=TARGET,
        stable_version="3",
        canary_version="4",
        policy=policy(),
        revision_id="revision-1",
        step=1,
        first_shift_at=AT,
        step_started_at=AT,
    )
    return sound.model_copy(update=changes)


def minutes(*counts: tuple[int, int, int, int]) -> tuple[Minute, ...]:
    """Return minutes from AT, each of the canary's calls and errors and stable's calls and errors."""
    return tuple(
        Minute(
            start=AT + timedelta(minutes=number),
            canary=Counts(calls=canary_calls, bad=canary_errors),
            stable=Counts(calls=stable_calls, bad=stable_errors),
        )
        for number, (canary_calls, canary_errors, stable_calls, stable_errors) in enumerate(counts)
    )


def seen(*counts: tuple[int, int, int, int], **changes: object) -> Observation:
    """Return what a look has seen in the first step, of a stable version without bursts; errors are `counts`."""
    closed_until = AT + timedelta(minutes=len(counts) or 1)
    history = changes.pop("history", QUIET_HOUR)
    errors = Series(minutes=minutes(*counts), history=history)  # type: ignore[arg-type] - a test's own affair
    looked = Observation(phase=Phase.SHIFTING, series={"errors": errors}, step_since=AT, closed_until=closed_until)
    return looked.model_copy(update=changes)


def beside(observation: Observation, **series: Series) -> Observation:
    """Return what a look has seen with further metrics' series, or another one of errors."""
    return observation.model_copy(update={"series": observation.series | series})


def judgement(verdict: Verdict = Verdict.HEALTHY) -> Judgement:
    """Return a judgement with plain numbers."""
    canary, stable = Counts(calls=100, bad=1), Counts(calls=900, bad=9)
    return Judgement(
        verdict=verdict, reason="errors: as counted", canary=canary, stable=stable, evidence=1, evidence_limit=100
    )


def version(number: str, **changes: object) -> VersionFacts:
    """Return a version that is ready to serve."""
    return VersionFacts(version=number, state="Active", role="arn:aws:iam::123456789012:role/api").model_copy(
        update=changes
    )


def facts(**changes: object) -> FunctionFacts:
    """Return an opted-in function whose alias is at version 3 alone, and version 4 beside it."""
    found = FunctionFacts(
        target=TARGET,
        tags={"rollout:alias": "live"},
        newest_version="4",
        alias=AliasState(version="3", revision_id="revision-1"),
        stable=version("3"),
        canary=version("4"),
    )
    return found.model_copy(update=changes)
