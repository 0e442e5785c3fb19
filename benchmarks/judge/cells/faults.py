"""Faults as releases have them: the share of the canary's calls that fail because of one, minute by minute."""

import numpy as np

from benchmarks.judge.cells.cell import Cell, Scene
from benchmarks.judge.cells.traffic import RateArray

NEW_ERRORS = 0.01
TENANT = 0.05
"""The share of the calls that come from the tenant whose calls fail."""
LEAK = 0.2
"""The share of failing calls at the end of the rollout; it grows steadily from 0."""
ENVIRONMENT_CALLS = 100
"""Calls a minute that an environment serves."""
REPLACED = 0.01
"""The share of the environments that Lambda replaces each minute."""


def fault_shares(rng: np.random.Generator, cell: Cell, rollouts: int, shares: RateArray) -> RateArray:
    """Return the share of the canary's calls that fail, for the canary's share in each minute: rollouts by minutes."""
    minutes = len(shares)
    match cell.scene:
        case Scene.NEW_ERRORS:
            failing = np.full(minutes, NEW_ERRORS)
        case Scene.TENANT:
            failing = np.full(minutes, TENANT)
        case Scene.LEAK:
            failing = LEAK * (np.arange(minutes) + 0.5) / minutes
        case Scene.NEW_ENVIRONMENTS:
            return _new_environments(rng, cell.calls * shares, rollouts)
        case _:
            failing = np.zeros(minutes)
    return np.broadcast_to(failing, (rollouts, minutes))


def _new_environments(rng: np.random.Generator, calls: RateArray, rollouts: int) -> RateArray:
    """Return the share of the canary's calls that environments in their first minute get.

    A step starts new environments at its beginning. A replacement starts at any second, so that its first minute
    covers a part of two minutes.
    """
    environments = np.ceil(np.round(calls / ENVIRONMENT_CALLS, 9))
    started = np.diff(environments, prepend=0)
    replaced = rng.binomial((environments - started).astype(np.int64), REPLACED, (rollouts, len(calls)))
    begun = replaced * rng.random(replaced.shape)  # one moment for the few replacements of a minute
    carried = np.pad((replaced - begun)[:, :-1], ((0, 0), (1, 0)))
    return np.minimum((started + begun + carried) / environments, 1)
