"""`python -m simulator`: try a policy before trusting it."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rollout.judging.window import Timing
from simulator.evaluation_loop import ON_AWS
from simulator.files import UnreadableError, read_policy_file
from simulator.replay import report
from simulator.replay.record import Wanted, as_csv, cloudwatch, record
from simulator.replay.replay import replay
from simulator.replay.rows import read_recording
from simulator.simulate import table
from simulator.simulate.load import Load
from simulator.simulate.simulate import simulate

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
@_number("--slow", "slow_percent", 1.0, click.FloatRange(0, 100), "How many of stable's calls are slow, in percent.")
@_number("--slowdown", "slowdown", 1.0, click.FloatRange(0), "The bad version is slow this many times as often.")
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
        draw = _draws_into(picture) if picture else None
        with _progress(2 * rollouts) as tell:
            simulated = simulate(plan, Load(**load), rollouts, seed, tell)
        if draw:
            draw(simulated, policy.name, picture)
    if as_json:
        click.echo(simulated.report.model_dump_json(indent=2))
    else:
        table.show(Console(highlight=False), str(policy), simulated.report)


@main.command("replay")
@click.argument("recording", type=_FILE)
@click.option("--policy", type=_FILE, required=True, help="A JSON or YAML file.")
@_number("--period", "period_seconds", ON_AWS.period_seconds, click.IntRange(1), "Seconds of a recorded minute.")
@_number("--lag", "lag_seconds", ON_AWS.lag_seconds, click.IntRange(0), "Seconds until a minute counts as complete.")
@click.option("--every-look", is_flag=True, help="Show the looks that wait, too.")
@click.option("--json", "as_json", is_flag=True, help="Print every look as JSON.")
def replay_command(recording: Path, policy: Path, *, every_look: bool, as_json: bool, **timing: int) -> None:
    """Walk a policy over the minutes in RECORDING, a CSV or JSON file, and say what it would have done."""
    with _said_in_a_sentence():
        told = replay(read_policy_file(policy), read_recording(recording, Timing(**timing)))
    if as_json:
        click.echo(told.model_dump_json(indent=2))
    else:
        report.show(Console(highlight=False), f"{policy} over {recording}", told, every_look=every_look)


@main.command("record")
@click.argument("function")
@click.option("--alias", default="live", show_default=True, help="The alias that was split.")
@click.option("--stable", required=True, help="The version it served.")
@click.option("--canary", required=True, help="The version that was rolled out.")
@click.option("--since", required=True, type=click.DateTime(), help="In UTC; up to three hours before the first shift.")
@click.option("--until", required=True, type=click.DateTime(), help="In UTC.")
@click.option("--slow-over-ms", type=click.FloatRange(0, 900_000, min_open=True), help="Count slower calls as well.")
def record_command(since: datetime, until: datetime, **wanted: Any) -> None:  # noqa: ANN401 - as Wanted has them
    """Print what CloudWatch counted for FUNCTION as a CSV file for replay, with your own AWS credentials."""
    first, last = (at.replace(tzinfo=UTC) for at in (since, until))
    if last <= first:
        raise click.UsageError(f"--until {until} has to come after --since {since}.")
    with _said_in_a_sentence():
        asked = Wanted(**wanted)
        click.echo(as_csv(record(cloudwatch(), asked, first, last), asked), nl=False)


def _draws_into(picture: Path) -> Callable[..., None]:
    """Return what draws a simulation, having made sure that it can; matplotlib is loaded only when asked for."""
    drawing = importlib.import_module("simulator.simulate.picture")
    drawing.refuse_other_pictures(picture)
    draw: Callable[..., None] = drawing.draw
    return draw


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
