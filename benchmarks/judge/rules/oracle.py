"""Tests that know the true rates, which a real judge cannot know: references, not rules to use."""

import numpy as np
from scipy.special import gammaln

from benchmarks.judge.cells.traffic import CountArray, FlagArray, RateArray, Traffic
from rollout.evidence.assumptions import TOLERATED_RISK
from simulator.bursts.shape import Correlation

LIMIT = np.log(100)
ALMOST_ALL = 1 - 1e-9


def wald(traffic: Traffic) -> FlagArray:
    """Wald's sequential test of the true relative risk against the tolerated one, given each minute's total errors.

    It assumes independent errors, so it keeps its promise only without bursts. Source: Wald 1945.
    """
    cell = traffic.cell
    risk = min(cell.risk, 1 / cell.stable_rate) if cell.stable_rate else 1
    if risk <= TOLERATED_RISK:
        return np.zeros(traffic.canary_calls.shape, dtype=bool)
    n1, n0 = traffic.canary_calls, traffic.stable_calls
    total = traffic.canary_errors + traffic.stable_errors
    at_risk, at_tolerated = np.maximum(risk * n1 + n0, 1), np.maximum(TOLERATED_RISK * n1 + n0, 1)
    gained = traffic.canary_errors * np.log(risk / TOLERATED_RISK) - total * np.log(at_risk / at_tolerated)
    is_over: FlagArray = np.cumsum(gained, axis=1) >= LIMIT
    return is_over


def all_knowing(traffic: Traffic) -> FlagArray:
    """Wald's test with each minute's true error rates and the correlation: hardly any test catches more.

    In the worlds without a correlation it never rolls back.
    """
    cell = traffic.cell
    if cell.risk <= TOLERATED_RISK or not isinstance(cell.world, Correlation):
        return np.zeros(traffic.canary_calls.shape, dtype=bool)
    failing = np.minimum(traffic.canary_rate, ALMOST_ALL)
    tolerated = np.minimum(traffic.stable_rate * TOLERATED_RISK, ALMOST_ALL)
    calls, errors = traffic.canary_calls, traffic.canary_errors
    gained = _log_likelihood(calls, errors, failing, cell.world.value)
    gained -= _log_likelihood(calls, errors, tolerated, cell.world.value)
    is_over: FlagArray = np.cumsum(gained, axis=1) >= LIMIT
    return is_over


def _log_likelihood(calls: CountArray, errors: CountArray, rate: RateArray, correlation: float) -> RateArray:
    """Return the beta-binomial log-likelihood, without the terms that do not depend on the rate."""
    if correlation == 0:
        independent: RateArray = errors * np.log(rate) + (calls - errors) * np.log1p(-rate)
        return independent
    failing, passing = rate * (1 - correlation) / correlation, (1 - rate) * (1 - correlation) / correlation
    fails = gammaln(errors + failing) - gammaln(failing)
    likelihood: RateArray = fails + gammaln(calls - errors + passing) - gammaln(passing)
    return likelihood
