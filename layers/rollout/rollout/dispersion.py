"""How clumped stable's errors come, learnt from its own minutes before the first shift.

Within a minute and a version errors are taken for a negative binomial of shape p/theta and scale n*theta: mean n*p,
variance n*p*(1 + n*theta), with n calls and error rate p. It bounds a beta-binomial of intra-minute correlation rho in
convex order, where theta = rho / (1 - rho); theta = 0 is the Poisson case of independent errors.
Source: Shaked and Shanthikumar 2007, "Stochastic Orders", 3.A, for the order; docs/judging.md for the rest.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, islice
from math import exp, fsum, lgamma, log, log1p
from operator import mul

from rollout.models import Health, Value

SCALES = tuple(10 ** (-6 + 0.25 * step) for step in range(21))
"""The thetas weighed against each other, 1e-6 to 0.1, equally likely beforehand on their logarithmic scale."""

FEWEST_MINUTES, ENOUGH_MINUTES = 15, 60
"""From fewer minutes than the first nothing is concluded; from the second on theta is taken as learnt."""

UNKNOWN_THETA = 0.02
"""Used while fewer than FEWEST_MINUTES are known: errors more clumped than most functions ever show."""

_LEAST_CAUTION = 0.8
"""The theta used is this quantile of what ENOUGH_MINUTES leave possible, and a higher one of what fewer leave."""

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


def learn_dispersion(history: Sequence[Health], during: Sequence[Health] = ()) -> Dispersion:
    """Return stable's burstiness, from its minutes before the first shift; 60 to 180 of them are best.

    Where those are fewer than ENOUGH_MINUTES, stable's minutes since the shift fill them up.
    """
    served = [health for health in history if health.calls]
    since = (health for health in during if health.calls)
    seen = served + list(islice(since, max(0, ENOUGH_MINUTES - len(served))))
    theta = UNKNOWN_THETA if len(seen) < FEWEST_MINUTES else _upper_theta(seen)
    return Dispersion(theta=theta, error_rate=_error_rate(served or seen), minutes=len(seen))


def _error_rate(seen: Sequence[Health]) -> float:
    errors, calls = sum(health.bad for health in seen), sum(health.calls for health in seen)
    return min(max((errors + 0.5) / (calls + 1), _SMALLEST_RATE), 1.0)


def _upper_theta(seen: Sequence[Health]) -> float:
    """Return the cautious quantile of theta, by the negative binomial likelihood of the minutes."""
    calls, errors, rate = [health.calls for health in seen], [health.bad for health in seen], _error_rate(seen)
    logs = [_log_likelihood(calls, errors, rate, theta) for theta in SCALES]
    weights = [exp(value - max(logs)) for value in logs]
    wanted = _caution(len(seen)) * sum(weights)
    for theta, weight, reached in zip(SCALES, weights, accumulate(weights), strict=True):
        if wanted <= reached:
            return float(theta * 10 ** (0.25 * ((wanted - reached) / weight)))
    return SCALES[-1]


def _caution(minutes: int) -> float:
    return 1 - (1 - _LEAST_CAUTION) * min(1.0, minutes / ENOUGH_MINUTES) ** 2


def _log_likelihood(calls: Sequence[int], errors: Sequence[int], rate: float, theta: float) -> float:
    """Return ln of how likely the minutes' errors are, but for what theta does not change."""
    shape = rate / theta
    base = lgamma(shape)
    stretches = list(map(log1p, [count * theta for count in calls]))
    clumps = sum(times * (lgamma(count + shape) - base) for count, times in Counter(errors).items())
    spread = shape * sum(stretches) + fsum(map(mul, errors, stretches))
    return clumps + sum(errors) * log(theta) - spread
