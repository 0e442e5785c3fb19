"""Start many rollouts at once in a local AWS with few concurrent Lambda calls, and check how each of them ends."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import Progress

from sandbox.server import SandboxError
from stress.load import table
from stress.load.rollouts import FunctionsNotReadyError
from stress.load.run_load import LoadResult, run_load


@click.command(help=__doc__)
@click.option(
    "--rollouts",
    multiple=True,
    default=(50, 200),
    show_default=True,
    type=click.IntRange(1, 900),
    help="The number of concurrent rollouts. Repeatable: one load after another.",
)
@click.option(
    "--limit/--no-limit", default=True, show_default=True, help="Whether Lambda throttles at 15 calls a second."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON on standard output.")
@click.option("--write", is_flag=True, help="Write the table into docs/reliability.md.")
def main(rollouts: tuple[int, ...], limit: bool, as_json: bool, write: bool) -> None:  # noqa: FBT001 - click gives them by name
    try:
        results = [_print_result(run_load(count, _report, _progress, is_limited=limit)) for count in rollouts]
    except (SandboxError, FunctionsNotReadyError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Interrupted. No table was written.") from None
    click.echo(_as_json(results) if as_json else table.as_text(results))
    if write:
        table.write(results)
    is_good = not any(result.broken for result in results)
    click.secho(table.summary(results), err=as_json, bold=True, fg="green" if is_good else "red")
    sys.exit(0 if is_good else 1)


def _print_result(result: LoadResult) -> LoadResult:
    """Print the result of one load at once, because the next load may take long or be interrupted."""
    click.secho(table.as_text([result]) + "\n", err=True, dim=True)
    return result


def _as_json(results: list[LoadResult]) -> str:
    return json.dumps([table.as_json(result) for result in results], indent=2, ensure_ascii=False)


def _report(step: str) -> None:
    click.secho(f"{step} ...", err=True, dim=True)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[int], object]]:
    """Show on a terminal how many rollouts have ended."""
    with Progress(console=Console(stderr=True)) as bars:
        bar = bars.add_task(f"{count} concurrent rollouts: ended", total=count)
        yield lambda ended: bars.update(bar, completed=ended)


if __name__ == "__main__":
    main(prog_name="python -m stress.load")
