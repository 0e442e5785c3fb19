"""Run one rollout for every Task state and every fault in the local AWS, and check the promises by AWS calls.

`--only STATE:FAULT` runs a selection of cells; both parts take shell wildcards, such as `--only '*:edited'`.
"""

import json
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial

import click

from stress.faults import hooks, table
from stress.faults.checks.freeze_effect import missing_effect
from stress.faults.checks.hook_effect import missing_hook_effect
from stress.faults.matrix.cells import Cell, cells
from stress.faults.matrix.fault import FREEZES
from stress.faults.matrix.fault_list import FAULTS
from stress.faults.run_cell import run_cell
from stress.faults.run_cells import attempt, run_cells, run_selected
from stress.faults.stack import Stack
from stress.faults.table import CellResult

CONCURRENT_CELLS = 4


@click.command(help=__doc__)
@click.option("--only", multiple=True, metavar="STATE:FAULT", help="Run only these cells. Repeatable.")
@click.option("--list", "is_listing", is_flag=True, help="List every cell, and run none.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON on standard output.")
@click.option("--write", is_flag=True, help="Write the table into docs/reliability.md.")
@click.option(
    "--at-once",
    default=CONCURRENT_CELLS,
    show_default=True,
    type=click.IntRange(1, 16),
    help="The number of cells that run concurrently.",
)
def main(only: tuple[str, ...], is_listing: bool, as_json: bool, write: bool, at_once: int) -> None:  # noqa: FBT001 - click gives them by name
    selected = _select(only)
    if write and only:
        raise click.ClickException("--write needs the results of every cell, and --only selects some: omit --only.")
    if is_listing:
        click.echo("\n".join(f"{cell.name:40}  {cell.state.name}: {cell.fault.description}" for cell in selected))
        return
    results = run_selected(selected, lambda stack: _results(stack, selected, at_once), table.format_line)
    click.echo(_as_json(results) if as_json else _as_text(results))
    if write:
        table.write(results)
    is_good = all(result.is_good for result in results)
    click.secho(table.summary(results), err=as_json, bold=True, fg="green" if is_good else "red")
    sys.exit(0 if is_good else 1)


def _select(only: tuple[str, ...]) -> list[Cell]:
    selected = [cell for cell in cells() if not only or any(fnmatchcase(cell.name, pattern) for pattern in only)]
    if not selected:
        raise click.ClickException(f"No cell matches {' or '.join(only)}. List the cells by --list.")
    return selected


def _as_json(results: list[CellResult]) -> str:
    return json.dumps([result.as_json() for result in results], indent=2, ensure_ascii=False)


def _as_text(results: list[CellResult]) -> str:
    return "\n".join(["", table.HEAD, *(table.format_line(result) for result in results), ""])


def _results(stack: Stack, selected: list[Cell], at_once: int) -> Iterator[CellResult]:
    """Yield the result of each cell as soon as it is known."""
    hooks.create_healthy(stack)
    allowed = {role: stack.allowed_actions(role) for role in {cell.state.role for cell in selected}}
    reasons = {cell.name: cell.impossible(allowed[cell.state.role]) for cell in selected}
    yield from (CellResult(cell, impossible=reasons[cell.name]) for cell in selected if reasons[cell.name])
    # The states of one fault come one after another, so that concurrent cells use different functions.
    numbered = sorted(enumerate(selected, 1), key=lambda pair: FAULTS.index(pair[1].fault))
    possible = [(number, cell) for number, cell in numbered if not reasons[cell.name]]
    run = partial(_result, stack)
    yield from run_cells([pair for pair in possible if not _is_stack_wide(pair[1])], run, at_once)
    yield from run_cells([pair for pair in possible if _is_stack_wide(pair[1])], run, at_once=1)


def _is_stack_wide(cell: Cell) -> bool:
    return cell.fault.outside_action in FREEZES


def _result(stack: Stack, cell: Cell, number: int) -> CellResult:
    observed, failure = attempt(run_cell, stack, cell, number)
    if observed is None:
        return CellResult(cell, failure=failure)
    if observed.refusal:
        return CellResult(cell, observed, failure=f"failed to run: {observed.refusal}")
    if not observed.faults_occurred:
        return CellResult(cell, observed, failure="the fault did not occur in any call")
    return CellResult(cell, observed, failure=missing_effect(observed) or missing_hook_effect(observed))


if __name__ == "__main__":
    main(prog_name="python -m stress.faults")
