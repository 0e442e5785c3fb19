"""Valid sample values. A test changes only the field that it checks."""

from datetime import UTC, datetime, timedelta

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.domain.counts import Counts
from rollout.domain.enums import Outcome, Phase, Verdict
from rollout.domain.identity import Execution, Target
from rollout.evidence.series import Minute, Series
from rollout.judging.observation import Observation
from rollout.judging.window import Timing
from rollout.policy.policy import Policy
from rollout.state.alias import AliasState
from rollout.state.judgement import Judgement
from rollout.state.past_rollout import PastRollout
from rollout.state.rollout import Rollout

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""The first minute of every sample."""

ON_AWS = Timing(period_seconds=60, lag_seconds=120)

EXECUTION = Execution(
    arn="arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-4",
    name="my-api-4",
    started_at=AT - timedelta(seconds=10),
)

TARGET = Target(account="123456789012", region="eu-west-1", function="my-api", alias="live")

QUIET_HOUR = (Counts(calls=1000, bad=1),) * 60
"""The stable version before the first shift: one call in a thousand fails, without bursts."""


def policy(**changes: object) -> Policy:
    """Return a policy with two steps, 10 % and 50 %, and a bake, of five minutes each."""
    steps = [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}]
    return Policy.model_validate({"steps": steps, "bake": "5m"} | changes)


def rollout(**changes: object) -> Rollout:
    """Return a rollout of version 4 over version 3 whose first step started at AT."""
    valid = Rollout(
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
    return valid.model_copy(update=changes)


def minutes(*counts: tuple[int, int, int, int]) -> tuple[Minute, ...]:
    """Return consecutive minutes from AT, each given as canary calls, canary errors, stable calls, stable errors."""
    return tuple(
        Minute(
            start=AT + timedelta(minutes=number),
            canary=Counts(calls=canary_calls, bad=canary_errors),
            stable=Counts(calls=stable_calls, bad=stable_errors),
        )
        for number, (canary_calls, canary_errors, stable_calls, stable_errors) in enumerate(counts)
    )


def observation_of(
    *counts: tuple[int, int, int, int], history: tuple[Counts, ...] = QUIET_HOUR, **changes: object
) -> Observation:
    """Return the observation of an evaluation in the first step; `counts` are the minutes of the metric `errors`."""
    closed_until = AT + timedelta(minutes=len(counts) or 1)
    errors = Series(minutes=minutes(*counts), history=history)
    observation = Observation(phase=Phase.SHIFTING, series={"errors": errors}, step_since=AT, closed_until=closed_until)
    return observation.model_copy(update=changes)


def with_series(observation: Observation, **series: Series) -> Observation:
    """Return the observation with the series of further metrics; a series of `errors` replaces the existing one."""
    return observation.model_copy(update={"series": observation.series | series})


def judgement(verdict: Verdict = Verdict.HEALTHY) -> Judgement:
    """Return a judgement with sample counts and an evidence below its limit."""
    canary, stable = Counts(calls=100, bad=1), Counts(calls=900, bad=9)
    return Judgement(
        verdict=verdict, reason="errors: as counted", canary=canary, stable=stable, evidence=1, evidence_limit=100
    )


def version(number: str, **changes: object) -> VersionFacts:
    """Return the facts of an active version."""
    return VersionFacts(version=number, state="Active", role="arn:aws:iam::123456789012:role/api").model_copy(
        update=changes
    )


def past(canary: str, stable: str = "1", outcome: str | None = "promoted", **changes: object) -> PastRollout:
    """Return a past rollout of a canary over stable, which began at AT."""
    return PastRollout(
        canary_version=canary, stable_version=stable, outcome=outcome and Outcome(outcome), started_at=AT
    ).model_copy(update=changes)


def facts(**changes: object) -> FunctionFacts:
    """Return the facts of an opted-in function whose alias serves version 3 alone and whose newest version is 4."""
    valid = FunctionFacts(
        target=TARGET,
        tags={"rollout:alias": "live"},
        newest_version="4",
        alias=AliasState(version="3", revision_id="revision-1"),
        stable=version("3"),
        canary=version("4"),
    )
    return valid.model_copy(update=changes)
