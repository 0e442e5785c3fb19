"""`python -m simulator`: try a policy before trusting it."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from simulator import table
from simulator.files import UnreadableError, read_policy_file
from simulator.simulate import simulate
from simulator.traffic import Load

_FILE = click.Path(dir_okay=False, path_type=Path)


def _number(
    flag: str, name: str, default: float, numbers: click.ParamType, told: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(flag, name, default=default, show_default=True, type=numbers, help=told)


@click.group(help=__doc__)
def main() -> None:
    pass


@main.command("simulate")
@click.argument("policy", type=_FILE)
@_number("--calls", "calls_per_minute", 6000.0, click.FloatRange(0, min_open=True), "Calls a minute.")
@_number("--errors", "error_percent", 0.2, click.FloatRange(0, 100), "How many of stable's calls fail, in percent.")
@_number("--regression", "regression", 5.0, click.FloatRange(0), "The bad version fails this many times as often.")
@_number("--bursts", "bursts", 0.002, click.FloatRange(0, 1, max_open=True), "Correlation of calls in one minute.")
@_number("--rollouts", "rollouts", 1000, click.IntRange(1), "Rollouts of each version.")
@_number("--seed", "seed", 1, click.IntRange(0), "The same seed gives the same answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@click.option("--picture", type=_FILE, help="Draw it into this file, PNG or SVG.")
def simulate_command(
    policy: Path, *, rollouts: int, seed: int, as_json: bool, picture: Path | None, **load: float
) -> None:
    """Play POLICY, a JSON or YAML file, against simulated traffic: a healthy version, and a bad one."""
    with _said_in_a_sentence():
        plan = read_policy_file(policy)
        with _progress(2 * rollouts) as tell:
            simulated = simulate(plan, Load(**load), rollouts, seed, tell)
        if picture:
            importlib.import_module("simulator.picture").draw(simulated, policy.name, picture)
    if as_json:
        click.echo(simulated.report.model_dump_json(indent=2))
    else:
        table.show(Console(highlight=False), str(policy), simulated.report)


@contextmanager
def _said_in_a_sentence() -> Iterator[None]:
    try:
        yield
    except UnreadableError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped before its end.") from None


@contextmanager
def _progress(rollouts: int) -> Iterator[Callable[[int], object]]:
    """Show a bar on a terminal, and nothing elsewhere; what is asked for goes to standard output alone."""
    columns = TextColumn("rollouts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=rollouts)
        yield lambda done: bar.advance(task, done)


if __name__ == "__main__":
    main()
