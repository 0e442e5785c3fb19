"""Play a rollout for every task and every fault in the sandbox, and check the promises from outside.

`--only STATE:FAULT` plays some cells alone; both parts take the wildcards of a shell.
"""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from fnmatch import fnmatchcase

import click

from sandbox.server import SandboxError
from stress.faults import table
from stress.faults.cells import FAULTS, Cell, cells
from stress.faults.cloud import Cloud, running
from stress.faults.play import play
from stress.faults.table import Result
from stress.faults.watch import NotPlayedError

AT_ONCE = 4


@click.command(help=__doc__)
@click.option("--only", multiple=True, metavar="STATE:FAULT", help="Play these cells alone; may be given repeatedly.")
@click.option("--list", "listing", is_flag=True, help="Name every cell, and play none.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON on standard output.")
@click.option("--write", is_flag=True, help="Write the table into docs/reliability.md.")
@click.option("--at-once", default=AT_ONCE, show_default=True, type=click.IntRange(1, 16), help="Cells at a time.")
def main(only: tuple[str, ...], listing: bool, as_json: bool, write: bool, at_once: int) -> None:  # noqa: FBT001 - click gives them by name
    chosen = _chosen(only)
    if write and only:
        raise click.ClickException("--write takes the whole table: leave --only out.")
    if listing:
        click.echo("\n".join(f"{cell.name:32}  {cell.state.name}: {cell.fault.says}" for cell in chosen))
        return
    results = _played(chosen, at_once)
    click.echo(_as_json(results) if as_json else _as_text(results))
    if write:
        table.write(results)
    good = all(result.is_good for result in results)
    click.secho(table.summary(results), err=as_json, bold=True, fg="green" if good else "red")
    sys.exit(0 if good else 1)


def _chosen(only: tuple[str, ...]) -> list[Cell]:
    chosen = [cell for cell in cells() if not only or any(fnmatchcase(cell.name, pattern) for pattern in only)]
    if not chosen:
        raise click.ClickException(f"There is no cell {' or '.join(only)}: see --list.")
    return chosen


def _as_json(results: list[Result]) -> str:
    return json.dumps([result.as_json() for result in results], indent=2, ensure_ascii=False)


def _as_text(results: list[Result]) -> str:
    return "\n".join(["", table.HEAD, *(table.line(result) for result in results), ""])


def _played(chosen: list[Cell], at_once: int) -> list[Result]:
    """Play the cells, a few at a time, and return what became of each, in the order of the table."""
    try:
        with running(_say) as cloud:
            by_name = {}
            for number, result in enumerate(_results(cloud, chosen, at_once), start=1):
                by_name[result.cell.name] = result
                _say(f"{number:>3} of {len(chosen)}  {table.line(result)}")
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped before its end.") from None
    return [by_name[cell.name] for cell in chosen]


def _results(cloud: Cloud, chosen: list[Cell], at_once: int) -> Iterator[Result]:
    allowed = {role: cloud.allowed(role) for role in {cell.state.role for cell in chosen}}
    absent = {cell.name: why for cell in chosen if (why := cell.impossible(allowed[cell.state.role]))}
    yield from (Result(cell, impossible=absent[cell.name]) for cell in chosen if cell.name in absent)
    players = ThreadPoolExecutor(at_once)
    try:
        # One state after the other at the same fault: side by side they use different functions.
        numbered = sorted(enumerate(chosen, 1), key=lambda one: FAULTS.index(one[1].fault))
        playing = [players.submit(_play, cloud, cell, number) for number, cell in numbered if cell.name not in absent]
        yield from (future.result() for future in as_completed(playing))
    finally:
        players.shutdown(cancel_futures=True)


def _play(cloud: Cloud, cell: Cell, number: int) -> Result:
    try:
        seen = play(cloud, cell, number)
    except NotPlayedError as reason:
        return Result(cell, failed=f"could not be played: {reason}")
    except Exception as error:  # noqa: BLE001 - one cell that cannot be played does not end the others
        return Result(cell, failed=f"could not be played: {error!r}")
    if seen.acted:
        return Result(cell, seen, failed=f"could not be played: {seen.acted}")
    return Result(cell, seen, failed="" if seen.struck else "the fault met no call: nothing was tried")


def _say(step: str) -> None:
    click.secho(step, err=True, dim=not step.lstrip()[:1].isdigit())


if __name__ == "__main__":
    main(prog_name="python -m tests.faults")
