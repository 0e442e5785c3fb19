"""Plays the rollouts of a cell."""

import zlib

import numpy as np

from benchmarks.judge.cells.by_version import play_by_version
from benchmarks.judge.cells.cell import FAULTS, Cell, Shared
from benchmarks.judge.cells.correlated import play_correlated
from benchmarks.judge.cells.shared import play_shared
from benchmarks.judge.cells.traffic import SEED, SHARES, RateArray, Traffic
from simulator.bursts.shape import Correlation


def play(cell: Cell, rollouts: int) -> Traffic:
    """Return simulated rollouts of a cell; the same number gives the same rollouts."""
    rng = np.random.default_rng([SEED, zlib.crc32(str(cell).encode())])
    if isinstance(cell.world, Correlation) and cell.scene not in FAULTS:
        return play_correlated(rng, cell, cell.world.value, rollouts)
    return play_world(rng, cell, rollouts, SHARES)


def play_world(rng: np.random.Generator, cell: Cell, rollouts: int, shares: RateArray) -> Traffic:
    """Return simulated rollouts of a cell with the canary's share in each minute."""
    if isinstance(cell.world, Shared):
        return play_shared(rng, cell, cell.world, rollouts, shares)
    return play_by_version(rng, cell, cell.world, rollouts, shares)
