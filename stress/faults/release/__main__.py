"""Run one release of two functions for every Task state of releases and every fault, and check the promises.

`--only STATE:FAULT` runs a selection of cells; both parts take shell wildcards, such as `--only 'JudgeRelease:*'`.
"""

import sys
from fnmatch import fnmatchcase
from functools import partial

import click

from sandbox.server import SandboxError
from stress.faults.matrix.cells import Cell
from stress.faults.observer import CellNotRunError
from stress.faults.release import table
from stress.faults.release.matrix import release_cells
from stress.faults.release.run_cell import run_release_cell
from stress.faults.release.table import ReleaseCellResult
from stress.faults.run_cells import run_cells
from stress.faults.stack import Stack, run_stack

CONCURRENT_CELLS = 3


@click.command(help=__doc__)
@click.option("--only", multiple=True, metavar="STATE:FAULT", help="Run only these cells. Repeatable.")
@click.option("--write", is_flag=True, help="Write the table, or the rows of --only, into docs/reliability.md.")
@click.option(
    "--at-once",
    default=CONCURRENT_CELLS,
    show_default=True,
    type=click.IntRange(1, 16),
    help="The number of cells that run concurrently.",
)
def main(only: tuple[str, ...], write: bool, at_once: int) -> None:  # noqa: FBT001 - click gives them by name
    selected = [cell for cell in release_cells() if not only or any(fnmatchcase(cell.name, each) for each in only)]
    if not selected:
        raise click.ClickException("--only has to match a cell.")
    results = _run(selected, at_once)
    click.echo("\n".join(["", *map(table.format_line, results), ""]))
    if write:
        table.write(results)
    is_good = all(result.is_good for result in results)
    click.secho(table.summary(results), bold=True, fg="green" if is_good else "red")
    sys.exit(0 if is_good else 1)


def _run(selected: list[Cell], at_once: int) -> list[ReleaseCellResult]:
    """Run the cells, and return their results in the order of the table."""
    by_name = {}
    try:
        with run_stack(_report) as stack:
            results = run_cells(enumerate(selected, 1), partial(_result, stack), at_once)
            for number, result in enumerate(results, start=1):
                by_name[result.cell.name] = result
                _report(f"{number:>3} of {len(selected)}  {table.format_line(result)}")
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Interrupted. No table was written.") from None
    return [by_name[cell.name] for cell in selected]


def _result(stack: Stack, cell: Cell, number: int) -> ReleaseCellResult:
    try:
        observed = run_release_cell(stack, cell, number)
    except CellNotRunError as reason:
        return ReleaseCellResult(cell, failure=f"failed to run: {reason}")
    except Exception as error:  # noqa: BLE001 - a cell that fails to run does not end the others
        return ReleaseCellResult(cell, failure=f"failed to run: {error!r}")
    occurred = observed.faults_occurred
    return ReleaseCellResult(cell, observed, failure="" if occurred else "the fault did not occur in any call")


def _report(line: str) -> None:
    click.secho(line, err=True, dim=True)


if __name__ == "__main__":
    main(prog_name="python -m stress.faults.release")
