"""The cells of the benchmark."""

from collections.abc import Iterable
from itertools import product
from math import inf

from benchmarks.judge.cells.cell import Cell, Scene

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


def cells(only: Iterable[str] = ()) -> list[Cell]:
    """Return the cells whose names contain all of the words, such as `calls=6000 risk=5`."""
    words = {word for option in only for word in option.split()}
    all_cells = (
        Cell(calls, rate, risk, correlation, scene)
        for scene, risks in SCENES.items()
        for calls, rate, risk, correlation in product(CALLS, STABLE_RATES, risks, CORRELATIONS)
    )
    return [cell for cell in all_cells if words <= set(str(cell).split())]
