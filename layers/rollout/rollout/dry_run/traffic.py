"""Whether a step will get the calls it needs before it can pass, by the alias's own traffic."""

import math
from datetime import datetime, timedelta

from rollout.domain.durations import format_duration, format_rounded_duration
from rollout.domain.models import Value
from rollout.judging.counting import Points
from rollout.judging.window import Timing
from rollout.policy.policy import OnInconclusive, Policy

_IN_THE_END = {
    OnInconclusive.EXTEND: "it is held on for as long as they take",
    OnInconclusive.PROMOTE: "the rollout goes on without them",
    OnInconclusive.ROLL_BACK: "the canary is taken back",
    OnInconclusive.HAND_OVER: "it is left to a person",
}


class Traffic(Value):
    """An alias's calls of late, to all its versions together."""

    calls: float
    seconds: float

    def expected(self, seconds: float, percent: float = 100) -> float:
        """Return how many calls a version with this share gets in a time, if the traffic stays as it was."""
        return self.calls / self.seconds * seconds * percent / 100


def traffic(calls: Points, until: datetime, timing: Timing) -> Traffic | None:
    """Return the calls since the first period that has any; None where none has, which says nothing of what will be."""
    called = [start for start, count in calls.items() if count]
    if not called:
        return None
    known = max(until - min(called), timedelta(seconds=timing.period_seconds))
    return Traffic(calls=sum(calls.values()), seconds=known.total_seconds())


class Share(Value):
    """A share of the alias for a time: a step's, or all of it in the bake."""

    name: str
    percent: float
    hold: int


def format_low_traffic(share: Share, policy: Policy, seen: Traffic, timing: Timing) -> str | None:
    """Return the warning that a share brings too few calls in its time, and what to do; None where it brings enough."""
    closed = _closed_seconds(policy.seconds_in(share.hold), timing)
    told = seen.expected(closed, share.percent)
    if told >= policy.min_invocations:
        return None
    return (
        f"{share.name} is too thin: of the canary's calls about {told:,.0f} will be told by its end, as CloudWatch is"
        f" {format_duration(timing.lag_seconds)} late, and min_invocations is {policy.min_invocations:,};"
        f" {_consequence(share, policy, seen, timing)}. {_remedy(share, policy, seen, timing)}."
    )


def _closed_seconds(after: float, timing: Timing) -> float:
    """Return how much of a step CloudWatch has told all about so many seconds after it began."""
    return max((after - timing.lag_seconds) // timing.period_seconds * timing.period_seconds, 0)


def _needed_seconds(share: Share, policy: Policy, seen: Traffic, timing: Timing) -> int:
    """Return how long the share has to be held until enough calls are told, up to the look that finds it."""
    periods = math.ceil(policy.min_invocations / seen.expected(timing.period_seconds, share.percent))
    return policy.seconds_in(periods * timing.period_seconds + timing.lag_seconds)


def _consequence(share: Share, policy: Policy, seen: Traffic, timing: Timing) -> str:
    needed = _needed_seconds(share, policy, seen, timing)
    if needed <= share.hold + policy.max_extension:
        return f"it is held on, to about {format_rounded_duration(needed)} in all"
    return (
        f"it would take about {format_rounded_duration(needed)}, and after max_extension"
        f" {format_duration(policy.max_extension)} more,"
        f" on_inconclusive being {policy.on_inconclusive}, {_IN_THE_END[policy.on_inconclusive]}"
    )


def _remedy(share: Share, policy: Policy, seen: Traffic, timing: Timing) -> str:
    longer = f"hold it for {format_rounded_duration(_needed_seconds(share, policy, seen, timing))}"
    every = seen.expected(_closed_seconds(policy.seconds_in(share.hold), timing))
    percent = math.ceil(100 * policy.min_invocations / every) if every else 100
    more = f", or give it {percent} %" if share.percent < percent < 100 else ""  # noqa: PLR2004 - 100 is promotion
    return f"To pass as planned, {longer}{more}, or lower min_invocations"


def format_unknown_traffic(policy: Policy, alias: str) -> str:
    """Return the warning that nobody can tell whether the steps get enough calls."""
    return (
        f"CloudWatch has no calls of {alias} from its last hours, so nobody can tell whether the steps get enough: each"
        f" needs {policy.min_invocations:,} of the canary's (min_invocations), is held on for at most"
        f" {format_duration(policy.max_extension)} (max_extension), and then, on_inconclusive being"
        f" {policy.on_inconclusive}, {_IN_THE_END[policy.on_inconclusive]}."
    )
