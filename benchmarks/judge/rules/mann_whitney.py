"""Kayenta's metric classifier: the confidence interval of the Mann-Whitney test against a share of its estimate.

Source: Kayenta's MannWhitneyClassifier.scala and MannWhitney.scala, which follow R's wilcox.test, asymptotic with
continuity correction. High means: the lower end of the 98 % interval of the shift lies above 0.25 of its
Hodges-Lehmann estimate. The statistic falls as the assumed shift grows, so no root search is needed: the lower end lies
above a value exactly if the statistic at that value is above the quantile.
"""

import numpy as np
from scipy.stats import norm

from benchmarks.judge.cells.traffic import FlagArray, RateArray

TOLERANCE = 0.25
CONFIDENCE = 0.98
QUANTILE = norm.ppf(1 - (1 - CONFIDENCE) / 2)


def is_high(canary: RateArray, stable: RateArray) -> FlagArray:
    """Whether each row's canary values are High; a minute without a value is NaN."""
    high = _exceeds(canary, stable, np.zeros(len(canary)))
    suspects = np.flatnonzero(high)
    if len(suspects):
        canary, stable = canary[suspects], stable[suspects]
        high[suspects] = _exceeds(canary, stable, TOLERANCE * np.abs(_hodges_lehmann(canary, stable)))
    return high


def _exceeds(canary: RateArray, stable: RateArray, bound: RateArray) -> FlagArray:
    """Whether the lower end of the interval lies above the bound, per row."""
    shifted = canary - bound[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        significant = _statistic(shifted, stable) > QUANTILE
    # If even full separation is not significant, Kayenta's interval ends at the separation itself.
    separation = np.fmin.reduce(shifted, axis=1) - np.fmax.reduce(stable, axis=1)
    exceeds: FlagArray = significant | (separation > 0)
    return exceeds


def _statistic(canary: RateArray, stable: RateArray) -> RateArray:
    differences = canary[:, :, None] - stable[:, None, :]
    wins = (differences > 0).sum(axis=(1, 2)) + 0.5 * (differences == 0).sum(axis=(1, 2))
    n1, n0 = (~np.isnan(canary)).sum(axis=1), (~np.isnan(stable)).sum(axis=1)
    beyond = wins - n1 * n0 / 2
    total = n1 + n0
    variance = n1 * n0 / 12 * (total + 1 - _ties(np.hstack([canary, stable])) / (total * (total - 1)))
    statistic: RateArray = (beyond - 0.5 * np.sign(beyond)) / np.sqrt(variance)
    return statistic


def _ties(values: RateArray) -> RateArray:
    """Return the sum of t^3 - t over groups of t equal values, per row."""
    equal = (values[:, :, None] == values[:, None, :]).sum(axis=2, dtype=np.int64)
    ties: RateArray = np.where(equal > 0, equal**2 - 1, 0).sum(axis=1)
    return ties


def _hodges_lehmann(canary: RateArray, stable: RateArray) -> RateArray:
    differences = canary[:, :, None] - stable[:, None, :]
    return np.nanmedian(differences.reshape(len(canary), -1), axis=1)
