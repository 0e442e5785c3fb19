"""The cells of the benchmark."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import product
from math import inf

from benchmarks.judge.cells.cell import Cell, Scene, Shared, World
from simulator.bursts.shape import INDEPENDENT, Bursts, Clumps, Correlation, Environments, Heavy

CALLS = (60, 600, 6_000, 60_000)
STABLE_RATES = (0.0005, 0.002, 0.02)
RISKS = (1, 1.5, 2, 5, 50, inf)
CORRELATIONS = (0, 0.0005, 0.002, 0.01)
SCENES = {
    Scene.STEADY: RISKS,
    Scene.OUTAGE: (1, 5),
    Scene.BIG_OUTAGE: (1,),
    Scene.WAVE: (1, 5),
    Scene.LATE: (2, 5, 50, inf),
    Scene.COLD: (1,),
}
"""The relative risks that are simulated in each scene."""

WORLD_RATES = (0.001, 0.01)
BURSTS: tuple[Bursts, ...] = (Clumps(3), Clumps(10), Environments(100), Environments(1_000), Heavy())
WORLDS: tuple[World, ...] = (INDEPENDENT, *Shared, *BURSTS)
"""The worlds beside the correlations."""
BURST_RISKS = (5, inf)
FAULT_WORLDS: tuple[World, ...] = (INDEPENDENT, Clumps(3), Environments(100), Heavy())
"""The worlds in which a canary has the faults of a release."""


def cells(only: Iterable[str] = ()) -> list[Cell]:
    """Return the cells whose names contain all of the words, such as `calls=6000 risk=5` or `world=clumps:*`."""
    return having([*correlated_cells(), *world_cells()], only)


def having(some_cells: Iterable[Cell], only: Iterable[str]) -> list[Cell]:
    """Return those of the cells whose names contain all of the words; `*` stands for any characters."""
    patterns = {word for option in only for word in option.split()}
    return [cell for cell in some_cells if all(_has(cell, pattern) for pattern in patterns)]


def _has(cell: Cell, pattern: str) -> bool:
    return any(fnmatchcase(word, pattern) for word in str(cell).split())


def correlated_cells() -> Iterator[Cell]:
    """Yield the cells with errors that are correlated within a minute."""
    for scene, risks in SCENES.items():
        for calls, rate, risk, correlation in product(CALLS, STABLE_RATES, risks, CORRELATIONS):
            yield Cell(calls, rate, risk, Correlation(correlation), scene)


def world_cells() -> Iterator[Cell]:
    """Yield the cells of the other worlds: healthy canaries, bad ones, and the faults of releases."""
    for world, calls, rate in product(WORLDS, CALLS, WORLD_RATES):
        yield Cell(calls, rate, 1, world)
    for calls in CALLS:
        yield Cell(calls, 0, 1)
    for world, calls, rate, risk in product(BURSTS, CALLS, WORLD_RATES, BURST_RISKS):
        yield Cell(calls, rate, risk, world)
    yield from fault_cells()


def fault_cells() -> Iterator[Cell]:
    """Yield the cells with faults as releases have them."""
    for calls in CALLS:
        yield Cell(calls, 0, 1, INDEPENDENT, Scene.NEW_ERRORS)
        for world in FAULT_WORLDS:
            yield Cell(calls, 0.01, 5, world, Scene.SLOW)
    for scene, world, calls, rate in product(
        (Scene.TENANT, Scene.LEAK, Scene.NEW_ENVIRONMENTS), FAULT_WORLDS, CALLS, WORLD_RATES
    ):
        yield Cell(calls, rate, 1, world, scene)
