"""Kayenta's metric classifier: the Mann-Whitney test's confidence interval against a share of its own estimate.

Source: Kayenta's MannWhitneyClassifier.scala and MannWhitney.scala, which follow R's wilcox.test, asymptotic with
continuity correction. High means: the lower end of the 98 % interval of the shift lies above 0.25 of its
Hodges-Lehmann estimate. The statistic falls as the shift assumed grows, so no root has to be found: the lower end
lies above a value just where the statistic at that value is above the quantile.
"""

import numpy as np
from scipy.stats import norm

from benchmarks.judge.traffic import Flags, Rates

TOLERANCE = 0.25
CONFIDENCE = 0.98
QUANTILE = norm.ppf(1 - (1 - CONFIDENCE) / 2)


def is_high(canary: Rates, stable: Rates) -> Flags:
    """Whether each row's canary values are High; NaN where a minute has no value."""
    high = _exceeds(canary, stable, np.zeros(len(canary)))
    suspects = np.flatnonzero(high)
    if len(suspects):
        canary, stable = canary[suspects], stable[suspects]
        high[suspects] = _exceeds(canary, stable, TOLERANCE * np.abs(_hodges_lehmann(canary, stable)))
    return high


def _exceeds(canary: Rates, stable: Rates, bound: Rates) -> Flags:
    """Whether the lower end of the interval lies above the bound, by row."""
    shifted = canary - bound[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        significant = _statistic(shifted, stable) > QUANTILE
    # Where even full separation is not significant, Kayenta's interval ends at the separation itself.
    separation = np.fmin.reduce(shifted, axis=1) - np.fmax.reduce(stable, axis=1)
    return significant | (separation > 0)


def _statistic(canary: Rates, stable: Rates) -> Rates:
    differences = canary[:, :, None] - stable[:, None, :]
    wins = (differences > 0).sum(axis=(1, 2)) + 0.5 * (differences == 0).sum(axis=(1, 2))
    n1, n0 = (~np.isnan(canary)).sum(axis=1), (~np.isnan(stable)).sum(axis=1)
    beyond = wins - n1 * n0 / 2
    total = n1 + n0
    variance = n1 * n0 / 12 * (total + 1 - _ties(np.hstack([canary, stable])) / (total * (total - 1)))
    return (beyond - 0.5 * np.sign(beyond)) / np.sqrt(variance)


def _ties(values: Rates) -> Rates:
    """Return the sum of t^3 - t over groups of t equal values, by row."""
    equal = (values[:, :, None] == values[:, None, :]).sum(axis=2, dtype=np.int64)
    return np.where(equal > 0, equal**2 - 1, 0).sum(axis=1)


def _hodges_lehmann(canary: Rates, stable: Rates) -> Rates:
    differences = canary[:, :, None] - stable[:, None, :]
    return np.nanmedian(differences.reshape(len(canary), -1), axis=1)
