"""How clumped stable's errors come, learnt from its own minutes before the first shift and, in long rollouts, since.

Within a minute and a version errors are taken for a negative binomial of shape p/theta and scale n*theta: mean n*p,
variance n*p*(1 + n*theta), with n calls and error rate p. It bounds a beta-binomial of intra-minute correlation rho in
convex order, where theta = rho / (1 - rho); theta = 0 is the Poisson case of independent errors.
Source: Shaked and Shanthikumar 2007, "Stochastic Orders", 3.A, for the order; docs/judging.md for the rest.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import exp, fsum, lgamma, log, log1p
from operator import mul

from rollout.domain.counts import Counts
from rollout.domain.models import Value

SCALES = tuple(10 ** (-6 + 0.25 * step) for step in range(21))
"""The thetas weighed against each other, 1e-6 to 0.1, equally likely beforehand on their logarithmic scale."""

FEWEST_MINUTES, ENOUGH_MINUTES = 15, 60
"""From fewer minutes than the first nothing is concluded; from the second on theta is taken as learnt."""

MOST_MINUTES = 180
"""A long rollout goes on learning until theta rests on so many minutes, those of history among them."""

SHORT_ROLLOUT = 30
"""For so many minutes history alone teaches, if it is long enough; a longer rollout would find out where it misled."""

UNKNOWN_THETA = 0.02
"""Used while fewer than FEWEST_MINUTES are known: errors more clumped than most functions ever show."""

_RISK, _LONG_RISK = 0.2, 0.1
"""What ENOUGH_MINUTES leave possible lies above the theta used with this chance, in a short and in a long rollout."""

_SMALLEST_RATE = 1e-6


class Dispersion(Value):
    """What stable's minutes teach."""

    theta: float
    """Clump scale, an upper estimate: the variance of a minute's errors over their mean is 1 + calls*theta."""
    error_rate: float
    """Stable's errors per call, 0 to 1."""
    minutes: int
    """How many minutes theta rests on."""

    @property
    def is_assumed(self) -> bool:
        """Whether there were too few minutes to learn from."""
        return self.minutes < FEWEST_MINUTES


def learn_dispersion(
    history: Sequence[Counts], during: Sequence[Counts] = (), calm: Sequence[Counts] = ()
) -> Dispersion:
    """Return stable's burstiness, from its minutes before the first shift and, where those are few, `during` it.

    A rollout of more than SHORT_ROLLOUT minutes also learns from the `calm` ones, beside which the canary had no error:
    what happens to both versions at once, such as an outage, is no burst of stable's own.
    """
    served, since = _served(history), _served(during)
    is_long = len(since) > SHORT_ROLLOUT
    seen = served + (_served(calm)[: max(0, MOST_MINUTES - len(served))] if is_long else [])
    if len(seen) < ENOUGH_MINUTES:
        seen = served + since[: ENOUGH_MINUTES - len(served)]
    risk = _LONG_RISK if is_long else _RISK
    theta = UNKNOWN_THETA if len(seen) < FEWEST_MINUTES else _upper_theta(seen, risk)
    return Dispersion(theta=theta, error_rate=_error_rate(served or seen), minutes=len(seen))


def _served(minutes: Sequence[Counts]) -> list[Counts]:
    return [health for health in minutes if health.calls]


def _error_rate(seen: Sequence[Counts]) -> float:
    errors, calls = sum(health.bad for health in seen), sum(health.calls for health in seen)
    return min(max((errors + 0.5) / (calls + 1), _SMALLEST_RATE), 1.0)


def _upper_theta(seen: Sequence[Counts], risk: float) -> float:
    """Return a quantile of theta by the minutes' negative binomial likelihood, more cautious the fewer they are."""
    calls, errors, rate = [health.calls for health in seen], [health.bad for health in seen], _error_rate(seen)
    logs = [_log_likelihood(calls, errors, rate, theta) for theta in SCALES]
    weights = [exp(value - max(logs)) for value in logs]
    wanted = (1 - risk * min(1.0, len(seen) / ENOUGH_MINUTES) ** 2) * sum(weights)
    for theta, weight, reached in zip(SCALES, weights, accumulate(weights), strict=True):
        if wanted <= reached:
            return float(theta * 10 ** (0.25 * ((wanted - reached) / weight)))
    return SCALES[-1]


def _log_likelihood(calls: Sequence[int], errors: Sequence[int], rate: float, theta: float) -> float:
    """Return ln of how likely the minutes' errors are, but for what theta does not change."""
    shape = rate / theta
    base = lgamma(shape)
    planned_steps = list(map(log1p, [count * theta for count in calls]))
    clumps = sum(times * (lgamma(count + shape) - base) for count, times in Counter(errors).items())
    spread = shape * sum(planned_steps) + fsum(map(mul, errors, planned_steps))
    return clumps + sum(errors) * log(theta) - spread
