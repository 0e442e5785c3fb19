"""The calls of one version, and the failed and the slow ones among them."""

import numpy as np

from rollout.domain.counts import Counts
from simulator.bursts.draws import BadEnvironments, draw_clumped_calls
from simulator.bursts.shape import Clumps, Environments
from simulator.metrics import ERRORS
from simulator.simulate.load import Load, Version

Rates = dict[str, float]
"""By kind of bad calls: the probability, 0 to 1, that a call is one of them."""


class VersionCalls:
    """Draws the calls of one version; bad calls of each kind come in the bursts of the load.

    The kinds have generators of their own, which the versions share.
    """

    def __init__(self, load: Load, version: Version, generators: dict[str, np.random.Generator]) -> None:
        self._load, self._generators = load, generators
        self._rates = load.rates(version)
        self._environments = {
            kind: BadEnvironments(generator, load.bursts.calls, 1)
            for kind, generator in generators.items()
            if isinstance(load.bursts, Environments)
        }

    def draw_rates(self, periods: int) -> list[Rates]:
        """Return the rates of each period."""
        drawn = {
            kind: self._load.draw_rates(rate, periods, self._generators[kind]) for kind, rate in self._rates.items()
        }
        return [{kind: drawn[kind][number] for kind in drawn} for number in range(periods)]

    def serve(self, expected_calls: float, minutes: float, rates: Rates) -> dict[str, Counts]:
        """Return the counts of each kind in a part of a period."""
        if isinstance(self._load.bursts, Clumps) and max(rates.values()) < 1:
            return self._serve_clumps(expected_calls, self._load.bursts, rates)
        calls = int(self._generators[ERRORS].poisson(expected_calls))
        failing = {kind: self._failing_rate(kind, expected_calls / minutes, minutes, rates[kind]) for kind in rates}
        bad = {kind: int(self._generators[kind].binomial(calls, rate)) for kind, rate in failing.items()}
        return {kind: Counts(calls=calls, bad=count) for kind, count in bad.items()}

    def _serve_clumps(self, expected_calls: float, clumps: Clumps, rates: Rates) -> dict[str, Counts]:
        """Return calls to which each clump adds its own, so that a clump is whole however few calls there are."""
        bad = {
            kind: int(draw_clumped_calls(self._generators[kind], np.array(expected_calls), np.array(rate), clumps.mean))
            for kind, rate in rates.items()
        }
        good = self._generators[ERRORS].poisson(expected_calls * max(1 - sum(rates.values()), 0))
        calls = int(good) + sum(bad.values())
        return {kind: Counts(calls=calls, bad=count) for kind, count in bad.items()}

    def _failing_rate(self, kind: str, calls_per_minute: float, minutes: float, rate: float) -> float:
        if kind not in self._environments or rate >= 1:
            return rate
        share = self._environments[kind].pass_time(np.array([calls_per_minute]), np.array([rate]), minutes)
        return float(share[0])
