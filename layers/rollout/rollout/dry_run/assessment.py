"""A request that was looked up for a dry run: its expected outcome, and the warnings."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rollout.admission.facts import FunctionFacts
from rollout.admission.request import RolloutRequest
from rollout.admission.warnings import function_warnings
from rollout.auto.forecast import Forecast
from rollout.domain.durations import format_duration
from rollout.domain.enums import OnNewerVersion, Start
from rollout.domain.errors import RefusedError
from rollout.dry_run.cost import LOG_GB
from rollout.dry_run.silent_failures import silent_failure_warnings
from rollout.dry_run.traffic import Traffic, format_unknown_traffic
from rollout.judging.alarms import format_alarms, red_alarms
from rollout.judging.window import Timing
from rollout.policy.gates import Pause
from rollout.policy.policy import Policy
from rollout.state.hold import Hold
from rollout.state.lock import Lock
from rollout.state.rollout import Rollout

FEW_PERIODS = 15
"""Calls from fewer periods (a quarter of an hour on AWS) may not be representative."""


class Assessment(NamedTuple):
    """A readable request, the facts of its function, and its outcome; None for what is unknown."""

    request: RolloutRequest
    facts: FunctionFacts | None
    refusals: Sequence[RefusedError]
    rollout: Rollout | None
    """The rollout that would be registered, if the request is not refused."""
    traffic: Traffic | None
    metrics_per_evaluation: tuple[int, int]
    """The number of CloudWatch metrics that an evaluation reads in a step, and in the bake."""
    log_bytes_per_second: float | None = None
    """What the versions' log groups receive; None if it is unknown, or if nothing queries them."""
    forecast: Forecast | None = None
    """The evidence limit and what the rollout would find; None if it would have no steps."""
    reads_canary_logs: bool = False

    @property
    def start(self) -> Start:
        """The start that PrepareRollout would choose."""
        return self.rollout.start if self.rollout else Start.REJECT

    @property
    def policy(self) -> Policy | None:
        """The policy of the request; None if it cannot be read."""
        return None if "policy" in self.request.unreadable_fields else self.request.policy

    @property
    def planned_policy(self) -> Policy | None:
        """The policy whose schedule is planned, refusals aside; None if there is nothing to plan.

        That is so if there would be nothing to roll out, and with `steps: Auto` if the alias is unknown.
        """
        if self.start is Start.NOTHING_TO_DO or self.policy is None or self.policy.is_auto:
            return None
        return self.policy


def expected_outcome(assessment: Assessment) -> str:
    """Return what a rollout with this request would do, as a sentence part."""
    rollout, facts = assessment.rollout, assessment.facts
    if rollout is None or facts is None:
        count = len(assessment.refusals)
        return f"it would be refused, for {count} reason{'' if count == 1 else 's'} that plan.refusals lists"
    match rollout.start:
        case Start.QUEUE:
            return _format_queued(rollout, facts.lock, facts.hold)
        case Start.NOTHING_TO_DO if facts.alias is None:
            return (
                f"{rollout.target.name} does not exist; it would be created at version {rollout.canary_version},"
                " without a comparison"
            )
        case Start.NOTHING_TO_DO:
            return rollout.reason
    return _format_rolled_out(rollout)


def _format_rolled_out(rollout: Rollout) -> str:
    policy, steps = rollout.policy, len(rollout.policy.steps)
    pace = f"in {steps} step{'' if steps == 1 else 's'}" if steps else "at once"
    return (
        f"version {rollout.canary_version} would be rolled out to {rollout.target.name} {pace}, in place of version"
        f" {rollout.stable_version}, and be done after {format_duration(policy.planned_seconds)} as planned"
        f"{_format_waits(policy)}"
        f"{f'; {rollout.auto}' if rollout.auto else ''}"
    )


def _format_waits(policy: Policy) -> str:
    """Return what people and hooks add to the time, as a sentence part; empty without them."""
    approvals = f", of which {format_duration(policy.approval_seconds)} are for approvals" if policy.approvals else ""
    is_paused = any(isinstance(step.gate, Pause) for step in policy.steps)
    paused = ", and as long as it is paused" if is_paused else ""
    hooks = f", and as long as its hooks take, at most {format_duration(policy.hook_seconds)}"
    return f"{approvals}{paused}{hooks if policy.called_hooks else ''}"


def _format_queued(rollout: Rollout, lock: Lock | None, hold: Hold | None) -> str:
    if hold and lock is None:
        return f"version {rollout.canary_version} would wait, because {hold.reason}, and begin by itself afterwards"
    is_superseding = rollout.policy.on_newer_version is OnNewerVersion.SUPERSEDE
    first = ", which would have to roll back first" if is_superseding else ""
    behind = f" behind version {lock.canary_version} (execution {lock.holder.name}){first}" if lock else ""
    return f"version {rollout.canary_version} would wait for its turn on {rollout.target.name}{behind}"


def plan_warnings(assessment: Assessment, timing: Timing) -> Iterator[str]:
    """Yield the warnings that concern the whole plan; each step carries its own."""
    facts, policy = assessment.facts, assessment.planned_policy
    if facts is None:
        return
    if facts.canary and facts.canary.state == "Pending" and "version" not in assessment.request.unreadable_fields:
        yield f"Version {facts.canary.version} is still Pending: a rollout waits a few minutes until it is Active."
    yield from _code_warnings(assessment, facts)
    if not assessment.request.unreadable_fields & {"alias", "version"}:
        yield from (f"{warning[0].upper()}{warning[1:]}." for warning in function_warnings(facts))
    if policy is None or "alias" in assessment.request.unreadable_fields:
        return
    if warning := assessment.request.auto and assessment.request.auto.warning:
        yield f"{warning[0].upper()}{warning[1:]}."
    yield from _traffic_warnings(assessment.traffic, policy, facts, timing)
    yield from _metric_warnings(policy, facts)
    yield from _timeout_warnings(policy, facts, timing)
    yield from _price_warnings(assessment, policy)
    yield from _limit_warnings(assessment.forecast, policy)


def _limit_warnings(forecast: Forecast | None, policy: Policy) -> Iterator[str]:
    """Yield a warning if this function needs more evidence than the policy asks for."""
    if forecast and forecast.calibration.is_raised:
        limit, cause = forecast.calibration.applied_to(policy.evidence_limit), forecast.calibration.format_cause()
        yield (
            f"{cause[0].upper()}{cause[1:]}. So evidence of {limit:,.6g} is needed in place of"
            f" {policy.evidence_limit:,.6g}, and small faults are found later or not at all: plan.evidence.faults"
            " lists them. Longer steps find more."
        )


def _price_warnings(assessment: Assessment, policy: Policy) -> Iterator[str]:
    if policy.log_metric and assessment.log_bytes_per_second is None:
        yield (
            "The price leaves out the log queries, because CloudWatch does not know what the log group receives: they"
            f" cost {LOG_GB:g} US dollars for each gigabyte that they scan."
        )


def _timeout_warnings(policy: Policy, facts: FunctionFacts, timing: Timing) -> Iterator[str]:
    """Yield a warning if the plan is over before the calls that it rests on can no longer fail."""
    timeout = facts.longest_call_seconds
    wait = timeout + timing.lag_seconds
    shifting = policy.planned_seconds - policy.approval_seconds - policy.seconds_in(policy.bake)
    parts = {"promotion": shifting, "the end of the bake": policy.bake}
    late = [part for part, seconds in parts.items() if 0 < seconds < wait]
    if timeout and late:
        verb = "waits" if len(late) == 1 else "wait"
        yield (
            f"A call can take {format_duration(timeout)}, the timeout of the versions, and fail only then:"
            f" {' and '.join(late)} {verb} until {policy.min_invocations:,} calls of the canary are older than that and"
            f" CloudWatch's lag, {format_duration(wait)} together. A shorter timeout makes this wait shorter."
        )


def _code_warnings(assessment: Assessment, facts: FunctionFacts) -> Iterator[str]:
    """Yield a warning if code was updated without publishing it; versions published since then are named first."""
    if facts.canary is None or "version" in assessment.request.unreadable_fields:
        return
    if facts.canary.code_sha256 != facts.latest_code_sha256:
        function = facts.target.function
        yield (
            f"$LATEST of {function} has other code than version {facts.canary.version}, which would be rolled out: to"
            f" roll out the code of $LATEST, publish it (aws lambda publish-version --function-name {function}) and"
            " start with the new version."
        )


def _traffic_warnings(traffic: Traffic | None, policy: Policy, facts: FunctionFacts, timing: Timing) -> Iterator[str]:
    if traffic is None:
        yield format_unknown_traffic(policy, facts.target.name)
    elif traffic.seconds < FEW_PERIODS * timing.period_seconds:
        yield (
            f"CloudWatch has calls of {facts.target.name} only for the last {format_duration(traffic.seconds)}: the"
            " expected calls are an estimate from that time."
        )


def _metric_warnings(policy: Policy, facts: FunctionFacts) -> Iterator[str]:
    if policy.learns_slow_limit and facts.p99_ms is None:
        yield "The metric slow measures nothing, because stable has no calls to learn a limit from: set over_ms."
    if facts.callers:
        yield from silent_failure_warnings(facts.callers, policy, facts.target.name)
    red = red_alarms(facts.alarms)
    if remarks := format_alarms(red, facts.alarms, policy.alarms, facts.alarms_without_data):
        yield f"{remarks.removeprefix('; ').replace('alarm', 'Alarm', 1)}."
