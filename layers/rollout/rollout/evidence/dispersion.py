"""The burst scale of stable's errors, learned from its minutes before the first shift and, in long rollouts, during it.

The errors of one version in one minute are modelled as a negative binomial of shape p/theta and scale n*theta: mean
n*p, variance n*p*(1 + n*theta), with n calls and error rate p. It bounds a beta-binomial of intra-minute correlation
rho in convex order, where theta = rho / (1 - rho). theta = 0 is the Poisson case of independent errors.
Source: Shaked and Shanthikumar 2007, "Stochastic Orders", 3.A, for the order; docs/judging.md for the rest.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import exp, fsum, inf, lgamma, log, log1p
from operator import mul
from statistics import fmean

from rollout.domain.counts import Counts
from rollout.domain.models import Value
from rollout.evidence.outliers import log_most_worth, outlier_probability
from rollout.evidence.runs import run_minutes

SCALES = tuple(10 ** (-6 + 0.25 * step) for step in range(29))
"""The candidate thetas, 1e-6 to 10, equally likely a priori on a logarithmic scale; at 10, calls fail by the minute."""

FEWEST_MINUTES, ENOUGH_MINUTES = 15, 60
"""With fewer minutes than the first, theta is assumed; from the second on, theta counts as learned. In between, it is
learned if stable had errors: without any, few minutes show nothing."""

MOST_MINUTES = 180
"""A long rollout continues to learn until theta rests on this many minutes, history included."""

SHORT_ROLLOUT = 30
"""Up to this many minutes, a long enough history is the only source; a longer rollout outlasts what it can show."""

UNKNOWN_THETA = 0.02
"""The theta that is assumed until there is one to learn: burstier errors than most functions ever show."""

_RISK, _LONG_RISK = 0.2, 0.1
"""The posterior probability that theta is above the value used, with ENOUGH_MINUTES: in a short, in a long rollout."""

_SMALLEST_RATE = 1e-6


class Dispersion(Value):
    """What the judge has learned about stable's errors."""

    theta: float
    """Burst scale, an upper estimate: the variance of a minute's errors over their mean is 1 + calls*theta."""
    error_rate: float
    """Stable's errors per call, 0 to 1."""
    minutes: int
    """The number of minutes that theta rests on; 0 if it is assumed."""
    calls: float = 0.0
    """Stable's calls a minute, on average over these minutes."""
    outliers: float = 0.0
    """The probability, 0 to 1, that some minutes of a version are many times as bad (rollout.evidence.outliers)."""
    run_seconds: float = 0.0
    """The seconds in which several minutes with errors can be one burst; 0 if no burst lasts longer than a minute."""
    period_seconds: float = 60.0
    """The length of a minute: shorter in a local AWS."""

    is_long: bool = False
    """Whether the rollout outlasts what its history can show."""

    @property
    def log_most_worth(self) -> float:
        """Ln of the most that one group of minutes may multiply the evidence by; infinite in a short rollout.

        In a day, a version whose minutes can be a hundred times as bad has such a minute by chance.
        """
        return log_most_worth(self.outliers) if self.is_long else inf

    @property
    def burst_size(self) -> float:
        """How many errors a burst has beyond the first, on average, at stable's calls."""
        return self.theta * self.calls

    @property
    def is_assumed(self) -> bool:
        """Whether there were too few minutes to learn from."""
        return not self.minutes


def learn_dispersion(
    history: Sequence[Counts], during: Sequence[Counts] = (), calm: Sequence[Counts] = (), period_seconds: int = 60
) -> Dispersion:
    """Return the burst scale of stable's errors, from its `history` and, if that is short, from `during` the rollout.

    A rollout of more than SHORT_ROLLOUT minutes also learns from `calm`, stable's minutes in which the canary served
    without an error: an outage of both versions is not a burst of stable's own.
    """
    before, since = _with_calls(history), _with_calls(during)
    is_long = len(since) > SHORT_ROLLOUT
    learned_from = before + (_with_calls(calm)[: max(0, MOST_MINUTES - len(before))] if is_long else [])
    if len(learned_from) < ENOUGH_MINUTES:
        learned_from = before + since[: ENOUGH_MINUTES - len(before)]
    risk = _LONG_RISK if is_long else _RISK
    is_known = _is_enough(learned_from)
    theta = _upper_theta(learned_from, risk) if is_known else UNKNOWN_THETA
    rate = _error_rate(before or learned_from)
    calls = fmean(counts.calls for counts in learned_from) if learned_from else 0.0
    return Dispersion(
        theta=theta,
        error_rate=rate,
        minutes=len(learned_from) if is_known else 0,
        calls=calls,
        is_long=is_long,
        outliers=outlier_probability(learned_from[-ENOUGH_MINUTES:], rate, theta),
        run_seconds=run_minutes(learned_from) * period_seconds if theta * calls > 1 else 0,
        period_seconds=period_seconds,
    )


def _with_calls(minutes: Sequence[Counts]) -> list[Counts]:
    return [counts for counts in minutes if counts.calls]


def _is_enough(minutes: Sequence[Counts]) -> bool:
    """Whether the minutes show how errors come."""
    least = FEWEST_MINUTES if any(counts.bad for counts in minutes) else ENOUGH_MINUTES
    return len(minutes) >= least


def _error_rate(minutes: Sequence[Counts]) -> float:
    errors, calls = sum(counts.bad for counts in minutes), sum(counts.calls for counts in minutes)
    return min(max((errors + 0.5) / (calls + 1), _SMALLEST_RATE), 1.0)


def _upper_theta(minutes: Sequence[Counts], risk: float) -> float:
    """Return a posterior quantile of theta under the negative binomial; fewer minutes give a higher quantile."""
    calls, errors = [counts.calls for counts in minutes], [counts.bad for counts in minutes]
    rate = _error_rate(minutes)
    logs = [_log_likelihood(calls, errors, rate, theta) for theta in SCALES]
    weights = [exp(value - max(logs)) for value in logs]
    needed = (1 - risk * min(1.0, len(minutes) / ENOUGH_MINUTES) ** 2) * sum(weights)
    for theta, weight, reached in zip(SCALES, weights, accumulate(weights), strict=True):
        if needed <= reached:
            return float(theta * 10 ** (0.25 * ((needed - reached) / weight)))
    return SCALES[-1]


def _log_likelihood(calls: Sequence[int], errors: Sequence[int], rate: float, theta: float) -> float:
    """Return ln of the likelihood of the minutes' errors, without the terms that do not depend on theta."""
    shape = rate / theta
    base = lgamma(shape)
    log_scales = list(map(log1p, [count * theta for count in calls]))
    rises = sum(times * (lgamma(count + shape) - base) for count, times in Counter(errors).items())
    spread = shape * sum(log_scales) + fsum(map(mul, errors, log_scales))
    return rises + sum(errors) * log(theta) - spread
