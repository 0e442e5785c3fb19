"""The plans that `steps: Auto` considers, from the most cautious one to the boldest."""

import math
from collections.abc import Iterator, Sequence

from rollout.judging.window import Timing
from rollout.policy.policy import Policy
from rollout.policy.presets import ALL_AT_ONCE

LADDERS = ((1, 5, 25, 50), (5, 25, 50), (10, 50), (25, 50), (50,))
"""The shares that are considered, in percent. The first ones reach the fewest callers; the last one needs the fewest
calls, because two equal halves show a difference soonest."""

MIN_HOLD_PERIODS = 5
"""The shortest hold, in periods: with less, calls in a burst or a cold start decide."""

DAY_SECONDS = 86_400

BAKE_EVALUATIONS = 288
"""About how many evaluations a bake with too few calls may take: one every five minutes in a day."""


def candidates(policy: Policy, calls_per_period: float, timing: Timing) -> Iterator[Policy]:
    """Yield the plans whose steps get their calls within the time of the policy, the most cautious one first.

    Each ladder comes twice: with holds as short as its calls allow, and with the whole time.
    """
    for ladder in LADDERS:
        holds = [_hold(policy, calls_per_period * percent / 100, timing) for percent in ladder]
        if fits(policy, holds):
            yield with_steps(policy, ladder, holds)
            yield with_steps(policy, ladder, _stretched(policy, holds))


def with_steps(policy: Policy, ladder: Sequence[float], holds: Sequence[float]) -> Policy:
    """Return the policy with these shares and holds, validated."""
    steps = [{"percent": percent, "hold": int(hold)} for percent, hold in zip(ladder, holds, strict=True)]
    return _validated(policy, steps=steps)


def fits(policy: Policy, holds: Sequence[float]) -> bool:
    """Whether steps with these holds take at most the time of the policy."""
    return all(map(math.isfinite, holds)) and sum(policy.seconds_in(int(hold)) for hold in holds) <= policy.within


def promoted_at_once(policy: Policy, calls_per_period: float, timing: Timing) -> Policy:
    """Return the policy without steps and their hooks: the bake takes their time too, and waits a day for calls.

    Few calls need few evaluations, so the interval is longer: a bake of a day is evaluated every five minutes. Without
    any call in the last day there is nothing to wait for beyond the policy's own max_extension.
    """
    bake = policy.within + policy.bake
    until_enough = policy.min_invocations / calls_per_period * timing.period_seconds if calls_per_period else 0
    extension = math.ceil(max(policy.max_extension, min(until_enough, DAY_SECONDS) - bake))
    interval = math.ceil(min(bake + extension, DAY_SECONDS) / BAKE_EVALUATIONS / 60) * 60
    hooks = policy.hooks.model_dump(mode="json", exclude={"each_step"})
    changes = {"steps": ALL_AT_ONCE, "bake": bake, "max_extension": extension, "hooks": hooks}
    return _validated(policy, **changes, interval=max(policy.interval, min(interval, DAY_SECONDS)))


def _hold(policy: Policy, canary_calls_per_period: float, timing: Timing) -> float:
    """Return the seconds in which a step gets its calls in closed periods with a probability of about 97 %."""
    if canary_calls_per_period <= 0:
        return math.inf
    calls = policy.min_invocations + 2 * math.sqrt(policy.min_invocations)
    # One more period: the one in which the share changes belongs to no step.
    periods = 1 + math.ceil(calls / canary_calls_per_period)
    shortest = MIN_HOLD_PERIODS * timing.period_seconds
    return policy.seconds_in(max(periods * timing.period_seconds + timing.lag_seconds, shortest))


def _stretched(policy: Policy, holds: Sequence[float]) -> list[float]:
    """Return the holds in the same proportion, in whole intervals, so that together they take the whole time."""
    factor = policy.within / sum(holds)
    return [max(hold * factor // policy.interval * policy.interval, hold) for hold in holds]


def _validated(policy: Policy, **changes: object) -> Policy:
    """Return the policy with changes, without the time that only Auto needs."""
    return Policy.model_validate(policy.model_dump(mode="json", exclude={"within"}) | changes)
