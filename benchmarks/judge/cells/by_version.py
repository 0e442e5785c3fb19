"""Rollouts in which each version's errors come in bursts of its own: clumps, bad environments, heavy tails."""

import numpy as np

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.cells.faults import fault_shares
from benchmarks.judge.cells.traffic import HISTORY, CountArray, RateArray, Traffic
from simulator.bursts.draws import (
    BadEnvironments,
    draw_beta_rates,
    draw_clumped_calls,
    draw_heavy_rates,
)
from simulator.bursts.shape import Bursts, Clumps, Correlation, Environments


def play_by_version(rng: np.random.Generator, cell: Cell, bursts: Bursts, rollouts: int, shares: RateArray) -> Traffic:
    """Return rollouts of a cell with the canary's share in each minute; the versions are independent of each other."""
    with_history = np.concatenate([np.zeros(HISTORY), shares])
    stable = np.full((rollouts, len(with_history)), cell.stable_rate)
    failing = np.full((rollouts, len(shares)), 1.0 if np.isinf(cell.risk) else min(cell.stable_rate * cell.risk, 1))
    stable_calls, stable_errors = serve(rng, bursts, cell.calls * (1 - with_history), stable)
    canary_calls, canary_errors = serve(rng, bursts, cell.calls * shares, failing)
    fault, possible = fault_shares(rng, cell, rollouts, shares), _possible_share(bursts, cell.calls * shares)
    return Traffic(
        cell=cell,
        history_calls=stable_calls[:, :HISTORY],
        history_errors=stable_errors[:, :HISTORY],
        canary_calls=canary_calls,
        canary_errors=canary_errors + rng.binomial(canary_calls - canary_errors, fault),
        stable_calls=stable_calls[:, HISTORY:],
        stable_errors=stable_errors[:, HISTORY:],
        stable_rate=stable[:, HISTORY:] * possible,
        canary_rate=1 - (1 - np.where(failing >= 1, 1, failing * possible)) * (1 - fault),
    )


def _possible_share(bursts: Bursts, expected_calls: RateArray) -> RateArray | float:
    """Return the mean share of bad calls over the rate: less than 1 for less than one environment."""
    return np.minimum(expected_calls / bursts.calls, 1) if isinstance(bursts, Environments) else 1.0


def serve(
    rng: np.random.Generator, bursts: Bursts, expected_calls: RateArray, rate: RateArray
) -> tuple[CountArray, CountArray]:
    """Return one version's calls and bad calls in consecutive minutes: rollouts by minutes.

    `expected_calls` is by minutes. A clump brings its calls with it, however few the version has, so that the mean
    share of bad calls is the rate at every volume; `BadEnvironments` says where it is less.
    """
    if isinstance(bursts, Clumps) and (rate < 1).all():
        bad = draw_clumped_calls(rng, expected_calls, rate, bursts.mean)
        return rng.poisson(expected_calls * (1 - rate)) + bad, bad
    calls = rng.poisson(np.broadcast_to(expected_calls, rate.shape))
    return calls, rng.binomial(calls, _drawn_rates(rng, bursts, expected_calls, rate))


def _drawn_rates(rng: np.random.Generator, bursts: Bursts, expected_calls: RateArray, rate: RateArray) -> RateArray:
    if (rate >= 1).all() or bursts == Correlation(0):
        return rate
    match bursts:
        case Correlation(value):
            return draw_beta_rates(rng, rate, value)
        case Environments(calls):
            return _environment_rates(BadEnvironments(rng, calls, len(rate)), expected_calls, rate)
        case _:
            return draw_heavy_rates(rng, rate)


def _environment_rates(environments: BadEnvironments, expected_calls: RateArray, rate: RateArray) -> RateArray:
    """Return the failing share of each minute: rollouts by minutes."""
    minutes = zip(expected_calls, rate.T, strict=True)
    return np.stack([environments.pass_time(calls, rates) for calls, rates in minutes], axis=1)
