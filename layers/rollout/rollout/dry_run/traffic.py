"""Whether a step gets the calls it needs to pass, from the alias's recent traffic."""

import math
from datetime import datetime, timedelta

from rollout.domain.durations import format_duration, format_rounded_duration
from rollout.domain.models import Value
from rollout.judging.counting import Points
from rollout.judging.window import Timing
from rollout.policy.policy import OnInconclusive, Policy

_ENDINGS = {
    OnInconclusive.EXTEND: "the step is extended until it has enough calls",
    OnInconclusive.PROMOTE: "the rollout continues without enough calls",
    OnInconclusive.ROLL_BACK: "the canary is rolled back",
    OnInconclusive.HAND_OVER: "the rollout is handed over to an operator",
}


class Traffic(Value):
    """An alias's recent calls, to all its versions."""

    calls: float
    seconds: float

    def expected(self, seconds: float, percent: float = 100) -> float:
        """Return the calls that a version with this share gets in this time, if the traffic stays the same."""
        return self.calls / self.seconds * seconds * percent / 100


def recent_traffic(calls: Points, until: datetime, timing: Timing) -> Traffic | None:
    """Return the calls since the first period with any; None without calls, because then the traffic is unknown."""
    with_calls = [start for start, count in calls.items() if count]
    if not with_calls:
        return None
    known = max(until - min(with_calls), timedelta(seconds=timing.period_seconds))
    return Traffic(calls=sum(calls.values()), seconds=known.total_seconds())


class Share(Value):
    """A share of the alias for `hold` seconds: of a step, or 100 % in the bake."""

    name: str
    percent: float
    hold: int


def format_low_traffic(share: Share, policy: Policy, traffic: Traffic, timing: Timing) -> str | None:
    """Return the warning that a share gets too few calls, and the remedy; None if it gets enough."""
    visible = traffic.expected(_closed_seconds(policy.seconds_in(share.hold), timing), share.percent)
    if visible >= policy.min_invocations:
        return None
    return (
        f"{share.name} has too little traffic: about {visible:,.0f} canary calls will be visible when it ends, because"
        f" CloudWatch is {format_duration(timing.lag_seconds)} late, and min_invocations is"
        f" {policy.min_invocations:,}; {_format_consequence(share, policy, traffic, timing)}."
        f" {_format_remedy(share, policy, traffic, timing)}."
    )


def _closed_seconds(elapsed: float, timing: Timing) -> float:
    """Return the seconds of a step in closed periods, `elapsed` seconds after the step began."""
    return max((elapsed - timing.lag_seconds) // timing.period_seconds * timing.period_seconds, 0)


def _needed_seconds(share: Share, policy: Policy, traffic: Traffic, timing: Timing) -> int:
    """Return the seconds from the start of a share to the evaluation that reads enough calls."""
    periods = math.ceil(policy.min_invocations / traffic.expected(timing.period_seconds, share.percent))
    return policy.seconds_in(periods * timing.period_seconds + timing.lag_seconds)


def _format_consequence(share: Share, policy: Policy, traffic: Traffic, timing: Timing) -> str:
    needed = _needed_seconds(share, policy, traffic, timing)
    if needed <= share.hold + policy.max_extension:
        return f"it is extended to about {format_rounded_duration(needed)} in all"
    return (
        f"it needs about {format_rounded_duration(needed)}, but max_extension allows"
        f" {format_duration(policy.max_extension)} more than its hold, and then {_format_ending(policy)}"
    )


def _format_ending(policy: Policy) -> str:
    return f"{_ENDINGS[policy.on_inconclusive]} (on_inconclusive: {policy.on_inconclusive})"


def _format_remedy(share: Share, policy: Policy, traffic: Traffic, timing: Timing) -> str:
    longer = f"hold it for {format_rounded_duration(_needed_seconds(share, policy, traffic, timing))}"
    calls = traffic.expected(_closed_seconds(policy.seconds_in(share.hold), timing))
    percent = math.ceil(100 * policy.min_invocations / calls) if calls else 100
    larger = f", or give it {percent} %" if share.percent < percent < 100 else ""  # noqa: PLR2004 - 100 is promotion
    return f"To pass as planned, {longer}{larger}, or lower min_invocations"


def format_unknown_traffic(policy: Policy, alias: str) -> str:
    """Return the warning that the calls of each step cannot be estimated."""
    return (
        f"CloudWatch has no recent calls of {alias}, so it is unknown whether the steps get enough calls: each step"
        f" needs {policy.min_invocations:,} canary calls (min_invocations) and is extended by at most"
        f" {format_duration(policy.max_extension)} (max_extension), and then {_format_ending(policy)}."
    )
