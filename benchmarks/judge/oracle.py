"""Tests that are told what nobody knows beforehand: marks to measure against, not rules to use."""

import numpy as np
from scipy.special import gammaln

from benchmarks.judge.traffic import Counts, Flags, Rates, Traffic
from rollout.evidence.assumptions import TOLERATED_RISK

LIMIT = np.log(100)
ALMOST_ALL = 1 - 1e-9


def wald(traffic: Traffic) -> Flags:
    """Wald's sequential test of the true relative risk against the tolerated one, given each minute's errors in all.

    It takes errors for independent, so it keeps its promise only without bursts. Source: Wald 1945.
    """
    cell = traffic.cell
    risk = min(cell.risk, 1 / cell.stable_rate)
    if risk <= TOLERATED_RISK:
        return np.zeros(traffic.canary_calls.shape, dtype=bool)
    n1, n0 = traffic.canary_calls, traffic.stable_calls
    total = traffic.canary_errors + traffic.stable_errors
    at_risk, at_tolerated = np.maximum(risk * n1 + n0, 1), np.maximum(TOLERATED_RISK * n1 + n0, 1)
    gained = traffic.canary_errors * np.log(risk / TOLERATED_RISK) - total * np.log(at_risk / at_tolerated)
    return np.cumsum(gained, axis=1) >= LIMIT


def all_knowing(traffic: Traffic) -> Flags:
    """Wald's test that is told each minute's error rates and the correlation: hardly a test can catch more."""
    cell = traffic.cell
    if cell.risk <= TOLERATED_RISK:
        return np.zeros(traffic.canary_calls.shape, dtype=bool)
    guilty = np.minimum(traffic.canary_rate, ALMOST_ALL)
    tolerated = np.minimum(traffic.stable_rate * TOLERATED_RISK, ALMOST_ALL)
    calls, errors = traffic.canary_calls, traffic.canary_errors
    gained = _log_likelihood(calls, errors, guilty, cell.correlation)
    gained -= _log_likelihood(calls, errors, tolerated, cell.correlation)
    return np.cumsum(gained, axis=1) >= LIMIT


def _log_likelihood(calls: Counts, errors: Counts, rate: Rates, correlation: float) -> Rates:
    """Return the beta-binomial log-likelihood but for what does not depend on the rate."""
    if correlation == 0:
        return errors * np.log(rate) + (calls - errors) * np.log1p(-rate)
    failing, passing = rate * (1 - correlation) / correlation, (1 - rate) * (1 - correlation) / correlation
    fails = gammaln(errors + failing) - gammaln(failing)
    return fails + gammaln(calls - errors + passing) - gammaln(passing)
