"""Runs cells several at a time, for the fault matrix of rollouts and for that of releases."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from stress.faults.matrix.cells import Cell

Result = TypeVar("Result")


def run_cells(
    numbered: Iterable[tuple[int, Cell]], run: Callable[[Cell, int], Result], at_once: int
) -> Iterator[Result]:
    """Yield the result of each cell as soon as it is known; `run` takes a cell and its number."""
    pool = ThreadPoolExecutor(at_once)
    try:
        running = [pool.submit(run, cell, number) for number, cell in numbered]
        yield from (future.result() for future in as_completed(running))
    finally:
        pool.shutdown(cancel_futures=True)
