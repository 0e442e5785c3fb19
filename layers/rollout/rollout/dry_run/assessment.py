"""A request that was looked up for a dry run: what would become of it, and what to beware of."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rollout.admission.facts import FunctionFacts
from rollout.admission.request import RolloutRequest
from rollout.domain.durations import format_duration
from rollout.domain.enums import Start
from rollout.domain.errors import RefusedError
from rollout.dry_run.traffic import Traffic, format_unknown_traffic
from rollout.judging.alarms import format_alarms, red_alarms
from rollout.judging.window import Timing
from rollout.policy.policy import OnNewerVersion, Policy
from rollout.state.lock import Lock
from rollout.state.rollout import Rollout

FEW_PERIODS = 15
"""A quarter of an hour on AWS: what came in less of it may be a moment's."""


class Assessment(NamedTuple):
    """A request that could be read, what it meets, and what would become of it; None for what is not known."""

    request: RolloutRequest
    found: FunctionFacts | None
    refusals: Sequence[RefusedError]
    rollout: Rollout | None
    """What would be entered, where nothing speaks against it."""
    traffic: Traffic | None
    metrics_per_evaluation: tuple[int, int]
    """How many CloudWatch is asked for in a step, and in the bake."""

    @property
    def start(self) -> Start:
        """What PrepareRollout would make of it."""
        return self.rollout.start if self.rollout else Start.REJECT

    @property
    def policy(self) -> Policy | None:
        """The policy it would go by; None where that was refused, or where nobody can tell which."""
        return None if "policy" in self.request.unreadable_fields else self.request.policy

    @property
    def way(self) -> Policy | None:
        """The policy by which a version would get shares, were it not for the refusals; None where none would."""
        return None if self.start is Start.NOTHING_TO_DO else self.policy


def expected_outcome(assessment: Assessment) -> str:
    """Return what would become of the request, in words."""
    rollout, found = assessment.rollout, assessment.found
    if rollout is None or found is None:
        count = len(assessment.refusals)
        return f"it would be refused, for {count} reason{'' if count == 1 else 's'} that plan.refusals lists"
    match rollout.start:
        case Start.QUEUE:
            return _waiting(rollout, found.lock)
        case Start.NOTHING_TO_DO if found.alias is None:
            return (
                f"{rollout.target.name} does not exist; it would be made at version {rollout.canary_version}, with"
                " nothing to compare it with"
            )
        case Start.NOTHING_TO_DO:
            return rollout.reason
    return _going(rollout)


def _going(rollout: Rollout) -> str:
    policy, steps = rollout.policy, len(rollout.policy.steps)
    how = f"in {steps} step{'' if steps == 1 else 's'}" if steps else "at once"
    return (
        f"version {rollout.canary_version} would be rolled out to {rollout.target.name} {how}, in place of version"
        f" {rollout.stable_version}, and be done after {format_duration(policy.planned_seconds)} as planned"
    )


def _waiting(rollout: Rollout, lock: Lock | None) -> str:
    superseding = rollout.policy.on_newer_version is OnNewerVersion.SUPERSEDE
    asked = ", which would be asked to take that back" if superseding else ""
    behind = f" behind version {lock.canary_version} (execution {lock.holder.name}){asked}" if lock else ""
    return f"version {rollout.canary_version} would wait for its turn on {rollout.target.name}{behind}"


def plan_warnings(assessment: Assessment, timing: Timing) -> Iterator[str]:
    """Yield what to beware of, besides what is told of each step."""
    found, policy = assessment.found, assessment.way
    if found is None:
        return
    if found.canary and found.canary.state == "Pending" and "version" not in assessment.request.unreadable_fields:
        yield f"Version {found.canary.version} is still Pending: a rollout waits some minutes for it to be Active."
    if policy is None or "alias" in assessment.request.unreadable_fields:
        return
    yield from _of_traffic(assessment.traffic, policy, found, timing)
    yield from _of_metrics(policy, found)


def _of_traffic(seen: Traffic | None, policy: Policy, found: FunctionFacts, timing: Timing) -> Iterator[str]:
    if seen is None:
        yield format_unknown_traffic(policy, found.target.name)
    elif seen.seconds < FEW_PERIODS * timing.period_seconds:
        yield (
            f"The calls of {found.target.name} are known for the last {format_duration(seen.seconds)} alone: what is"
            " expected rests on that."
        )


def _of_metrics(policy: Policy, found: FunctionFacts) -> Iterator[str]:
    if policy.learns_slow_limit and found.p99_ms is None:
        yield "The metric slow has no calls of stable's to learn a limit from, and measures nothing: state over_ms."
    if told := format_alarms(red_alarms(found.alarms), found.alarms, policy.alarms):
        yield f"Of the alarms: {told.removeprefix('; ')}."
