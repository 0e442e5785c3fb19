"""Start many rollouts at once in the sandbox, whose Lambda runs few at a time, and check how each ends."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import Progress

from sandbox.server import SandboxError
from stress.load import table
from stress.load.crowd import CrowdError
from stress.load.play import Played, play


@click.command(help=__doc__)
@click.option("--rollouts", multiple=True, default=(50, 200), type=click.IntRange(1, 900), help="How many at once.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON on standard output.")
@click.option("--write", is_flag=True, help="Write the table into docs/reliability.md.")
def main(rollouts: tuple[int, ...], as_json: bool, write: bool) -> None:  # noqa: FBT001 - click gives them by name
    try:
        played = [_told(play(count, _say, _progress)) for count in rollouts]
    except (SandboxError, CrowdError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped before its end.") from None
    click.echo(_as_json(played) if as_json else table.as_text(played))
    if write:
        table.write(played)
    good = not any(one.broken for one in played)
    click.secho(table.summary(played), err=as_json, bold=True, fg="green" if good else "red")
    sys.exit(0 if good else 1)


def _told(played: Played) -> Played:
    """Tell at once what became of a load: the next one may take long, or be stopped."""
    click.secho(table.as_text([played]) + "\n", err=True, dim=True)
    return played


def _as_json(played: list[Played]) -> str:
    return json.dumps([table.as_json(one) for one in played], indent=2, ensure_ascii=False)


def _say(step: str) -> None:
    click.secho(f"{step} ...", err=True, dim=True)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[int], object]]:
    """Show on a terminal how many rollouts have ended."""
    with Progress(console=Console(stderr=True)) as shown:
        bar = shown.add_task(f"{count} rollouts at once: ended", total=count)
        yield lambda ended: shown.update(bar, completed=ended)


if __name__ == "__main__":
    main(prog_name="python -m tests.load")
