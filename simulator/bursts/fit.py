"""Finds the shape of bursts that explains the recorded minutes of one version.

In clumps, a minute's bad calls are a compound Poisson sum, and their variance is a multiple of their mean; with a
correlation it grows with the square of the mean. The correlation is modelled as negative binomial, which is nearly
beta-binomial at low rates, and so are clumps if a minute has very many bad calls. Heavy tails are a Poisson mixture
over the Pareto multiplier. Environments are recognized by time: the bad two minutes of one make neighbouring minutes
alike, and those further away not.
"""

from dataclasses import dataclass
from math import lgamma

import numpy as np

from simulator.bursts.draws import TAIL, CountArray, RateArray
from simulator.bursts.shape import INDEPENDENT, Bursts, Clumps, Correlation, Environments, Heavy

DECISIVE = 2.0
"""The log-likelihood by which a shape must exceed another: about the 95 % point of a likelihood ratio."""
MEANS = np.geomspace(1.05, 1_000, 160)
CORRELATIONS = np.geomspace(1e-6, 0.5, 160)
MOST_EXACT = 500
"""Bad calls in a minute up to which the compound Poisson distribution is evaluated."""
POINTS = 2_000
"""Points of the Pareto distribution at which the mixture is evaluated."""
ALIKE = 0.3
"""How much more alike neighbouring minutes are than distant ones, if environments turn bad: theirs is about 0.6."""
DISTANT = 3
"""Minutes between two that no bad environment connects."""
MEAN_SQUARE = 5 / 6
"""The mean square of the part of a minute for which one environment is bad, over the mean of that part."""

Likeliest = tuple[Bursts, float]
"""A shape and its log-likelihood."""

_lgamma = np.vectorize(lgamma, otypes=[float])


@dataclass(frozen=True)
class Fit:
    """A shape of bursts, and the correlation that explains the minutes as well, if there is one."""

    bursts: Bursts
    alternative: Correlation | None = None


def fit_bursts(calls: CountArray, bad: CountArray) -> Fit:
    """Return the shape that explains one version's consecutive minutes; each has calls, and some of them are bad.

    Where clumps and a correlation explain the minutes equally well, it is clumps: they hit a canary with few calls
    harder.
    """
    rate = bad.sum() / calls.sum()
    correlation = _likeliest([_correlation(value, calls, bad, rate) for value in CORRELATIONS])
    clumps = _clumps(calls, bad, rate)
    heavy = Heavy(), _heavy_likelihood(calls, bad, rate)
    best = _likeliest([clumps, correlation, heavy])
    if best[1] < _poisson_likelihood(calls * rate, bad).sum() + DECISIVE:
        return Fit(INDEPENDENT)
    if _are_neighbours_alike(bad / calls):
        return Fit(_environments(calls, bad, rate))
    if best is not heavy and correlation[1] < clumps[1] + DECISIVE:
        is_equal = clumps[1] < correlation[1] + DECISIVE
        return Fit(clumps[0], correlation[0] if is_equal and isinstance(correlation[0], Correlation) else None)
    return Fit(best[0])


def _likeliest(shapes: list[Likeliest]) -> Likeliest:
    return max(shapes, key=lambda shape: shape[1])


def _clumps(calls: CountArray, bad: CountArray, rate: float) -> Likeliest:
    expected: RateArray = np.asarray(calls * rate)
    if max(bad.max(), expected.max()) <= MOST_EXACT:
        likelihoods = _compound_poisson_likelihoods(expected, bad)
    else:
        sizes = (expected / (2 * mean - 2) for mean in MEANS)
        likelihoods = np.array([_negative_binomial_likelihood(size, expected, bad) for size in sizes])
    best = int(np.argmax(likelihoods))
    return Clumps(_two_digits(MEANS[best])), float(likelihoods[best])


def _compound_poisson_likelihoods(expected: RateArray, bad: CountArray) -> RateArray:
    """Return the log-likelihood for each of MEANS: the Polya-Aeppli distribution. Source: Evans 1953."""
    mean = MEANS[:, None]
    more = 1 - 1 / mean
    clumps = expected / mean
    before, last = np.zeros(clumps.shape), np.exp(-clumps)
    logs = np.where(bad == 0, -clumps, -np.inf)
    for count in range(1, int(bad.max()) + 1):
        factor = clumps / mean + 2 * more * (count - 1)
        before, last = last, (factor * last - more**2 * (count - 2) * before) / count
        logs = np.where(bad == count, np.log(np.maximum(last, 1e-300)), logs)
    likelihoods: RateArray = logs.sum(axis=1)
    return likelihoods


def _correlation(value: float, calls: CountArray, bad: CountArray, rate: float) -> Likeliest:
    sizes, expected = np.full(len(calls), rate / value), np.asarray(calls * rate)
    return Correlation(_two_digits(value)), _negative_binomial_likelihood(sizes, expected, bad)


def _negative_binomial_likelihood(sizes: RateArray, expected: RateArray, bad: CountArray) -> float:
    """Return the log-likelihood with the variance `expected + expected**2 / sizes`."""
    chosen = _lgamma(bad + sizes) - _lgamma(sizes) - _lgamma(bad + 1.0)
    logs = chosen + sizes * np.log(sizes / (sizes + expected)) + bad * np.log(expected / (sizes + expected))
    return float(logs.sum())


def _poisson_likelihood(expected: RateArray, bad: CountArray) -> RateArray:
    likelihoods: RateArray = bad * np.log(expected) - expected - _lgamma(bad + 1.0)
    return likelihoods


def _heavy_likelihood(calls: CountArray, bad: CountArray, rate: float) -> float:
    multipliers = (TAIL - 1) / TAIL * ((np.arange(POINTS) + 0.5) / POINTS) ** (-1 / TAIL)
    expected: RateArray = np.asarray(calls[:, None] * np.minimum(rate * multipliers, 1))
    logs = _poisson_likelihood(expected, bad[:, None])
    return float((np.logaddexp.reduce(logs, axis=1) - np.log(POINTS)).sum())


def _are_neighbours_alike(shares: RateArray) -> bool:
    return _autocorrelation(shares, 1) - max(_autocorrelation(shares, DISTANT), 0) > ALIKE


def _autocorrelation(values: RateArray, lag: int) -> float:
    centred = values - values.mean()
    return float((centred[lag:] * centred[:-lag]).sum() / (centred**2).sum())


def _environments(calls: CountArray, bad: CountArray, rate: float) -> Environments:
    """Return environments of the size at which the failing share of the calls varies as it did."""
    by_chance = rate / calls.mean()
    variance = max(float((bad / calls).var()) - by_chance, by_chance)
    return Environments(_two_digits(float(calls.mean()) * variance / (MEAN_SQUARE * rate)))


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
