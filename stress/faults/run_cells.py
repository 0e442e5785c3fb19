"""Runs cells several at a time in the local AWS, for the fault matrix of rollouts and for that of releases."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol, TypeVar

import click

from sandbox.server import SandboxError
from stress.faults.matrix.cells import Cell
from stress.faults.observer import CellNotRunError
from stress.faults.stack import Stack, run_stack


class CellOutcome(Protocol):
    """The result of a cell."""

    @property
    def cell(self) -> Cell: ...


Result = TypeVar("Result", bound=CellOutcome)
Observed = TypeVar("Observed")


def run_selected(
    selected: Sequence[Cell], results: Callable[[Stack], Iterator[Result]], format_line: Callable[[Result], str]
) -> list[Result]:
    """Return the results of the cells in the order of the table, and report each as soon as it is known.

    `results` yields them in any order. Raises ClickException where the local AWS does not start, or when interrupted.
    """
    by_name = {}
    try:
        with run_stack(_report) as stack:
            for number, result in enumerate(results(stack), start=1):
                by_name[result.cell.name] = result
                _report(f"{number:>3} of {len(selected)}  {format_line(result)}")
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Interrupted. No table was written.") from None
    return [by_name[cell.name] for cell in selected]


def _report(line: str) -> None:
    click.secho(line, err=True, dim=not line.lstrip()[:1].isdigit())


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


def attempt(
    run: Callable[[Stack, Cell, int], Observed], stack: Stack, cell: Cell, number: int
) -> tuple[Observed | None, str]:
    """Return what was observed of a cell, or why it failed to run: it does not end the others."""
    try:
        return run(stack, cell, number), ""
    except CellNotRunError as reason:
        return None, f"failed to run: {reason}"
    except Exception as error:  # noqa: BLE001 - whatever it is
        return None, f"failed to run: {error!r}"
