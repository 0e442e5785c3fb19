"""Faults as releases have them: the share of the canary's calls that fail because of one, minute by minute."""

import numpy as np

from benchmarks.judge.cells.cell import Cell, Scene
from benchmarks.judge.cells.traffic import MINUTES, SHARES, RateArray

NEW_ERRORS = 0.01
TENANT = 0.05
"""The share of the calls that come from the tenant whose calls fail."""
LEAK = 0.2
"""The share of failing calls at the end of the half hour; it grows steadily from 0."""
ENVIRONMENT_CALLS = 100
"""Calls a minute that an environment serves."""
REPLACED = 0.01
"""The share of the environments that Lambda replaces each minute."""


def fault_shares(rng: np.random.Generator, cell: Cell, rollouts: int) -> RateArray:
    """Return the share of failing calls: rollouts by minutes."""
    match cell.scene:
        case Scene.NEW_ERRORS:
            shares = np.full(MINUTES, NEW_ERRORS)
        case Scene.TENANT:
            shares = np.full(MINUTES, TENANT)
        case Scene.LEAK:
            shares = LEAK * (np.arange(MINUTES) + 0.5) / MINUTES
        case Scene.NEW_ENVIRONMENTS:
            return _new_environments(rng, cell.calls, rollouts)
        case _:
            shares = np.zeros(MINUTES)
    return np.broadcast_to(shares, (rollouts, MINUTES))


def _new_environments(rng: np.random.Generator, calls: int, rollouts: int) -> RateArray:
    """Return the share of the canary's calls that environments in their first minute get.

    A step starts new environments at its beginning. A replacement starts at any second, so that its first minute
    covers a part of two minutes.
    """
    environments = np.ceil(np.round(calls * SHARES / ENVIRONMENT_CALLS, 9))
    started = np.diff(environments, prepend=0)
    replaced = rng.binomial((environments - started).astype(np.int64), REPLACED, (rollouts, MINUTES))
    begun = replaced * rng.random((rollouts, MINUTES))  # one moment for the few replacements of a minute
    carried = np.pad((replaced - begun)[:, :-1], ((0, 0), (1, 0)))
    return np.minimum((started + begun + carried) / environments, 1)
