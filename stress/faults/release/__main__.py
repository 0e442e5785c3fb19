"""Run one release of two functions for every Task state of releases and every fault, and check the promises.

`--only STATE:FAULT` runs a selection of cells; both parts take shell wildcards, such as `--only 'JudgeRelease:*'`.
"""

import sys
from fnmatch import fnmatchcase
from functools import partial

import click

from stress.faults.matrix.cells import Cell
from stress.faults.release import table
from stress.faults.release.matrix import release_cells
from stress.faults.release.run_cell import run_release_cell
from stress.faults.release.table import ReleaseCellResult
from stress.faults.run_cells import attempt, run_cells, run_selected
from stress.faults.stack import Stack

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
    results = run_selected(
        selected, lambda stack: run_cells(enumerate(selected, 1), partial(_result, stack), at_once), table.format_line
    )
    click.echo("\n".join(["", *map(table.format_line, results), ""]))
    if write:
        table.write(results)
    is_good = all(result.is_good for result in results)
    click.secho(table.summary(results), bold=True, fg="green" if is_good else "red")
    sys.exit(0 if is_good else 1)


def _result(stack: Stack, cell: Cell, number: int) -> ReleaseCellResult:
    observed, failure = attempt(run_release_cell, stack, cell, number)
    if observed and not observed.faults_occurred:
        failure = "the fault did not occur in any call"
    return ReleaseCellResult(cell, observed, failure)


if __name__ == "__main__":
    main(prog_name="python -m stress.faults.release")
