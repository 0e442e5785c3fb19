"""`python -m simulator`: try a policy before a release, without AWS."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rollout.judging.window import Timing
from simulator.bursts.shape import NEEDED, Bursts, parse_bursts
from simulator.evaluation_loop import ON_AWS
from simulator.files import InvalidInputError, read_policy_file
from simulator.replay.record import RecordingRequest, cloudwatch_client, format_csv, record
from simulator.replay.replay import replay
from simulator.replay.report import print_replay
from simulator.replay.rows import read_recording
from simulator.simulate.learn import Learned, learn
from simulator.simulate.load import Load
from simulator.simulate.simulate import simulate
from simulator.simulate.table import print_report

_FILE = click.Path(dir_okay=False, path_type=Path)


class _Bursts(click.ParamType):
    """A shape of bursts in its text form."""

    name = "shape"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Bursts:
        try:
            return parse_bursts(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _number_option(
    flag: str, name: str, default: float, numbers: click.ParamType, help_text: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(flag, name, default=default, show_default=True, type=numbers, help=help_text)


@click.group(help=__doc__)
def main() -> None:
    pass


@main.command("simulate")
@click.argument("policy", type=_FILE)
@_number_option("--calls", "calls_per_minute", 6000.0, click.FloatRange(0, min_open=True), "Calls a minute.")
@_number_option("--errors", "error_percent", 0.2, click.FloatRange(0, 100), "Failed calls of stable, in percent.")
@_number_option(
    "--regression", "regression", 5.0, click.FloatRange(0), "How many times as often the bad version fails."
)
@_number_option("--slow", "slow_percent", 1.0, click.FloatRange(0, 100), "Slow calls of stable, in percent.")
@_number_option("--slowdown", "slowdown", 1.0, click.FloatRange(0), "How many times as often the bad version is slow.")
@click.option("--bursts", default="0.002", show_default=True, type=_Bursts(), help=f"How bad calls come: {NEEDED}.")
@click.option("--learn", "recording", type=_FILE, help="Take calls, errors and bursts from this recording of stable.")
@_number_option("--rollouts", "rollouts", 1000, click.IntRange(1), "Number of rollouts of each version.")
@_number_option("--seed", "seed", 1, click.IntRange(0), "Seed: the same seed gives the same answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--picture", type=_FILE, help="Draw the simulation into this PNG or SVG file.")
def simulate_command(
    policy: Path,
    *,
    rollouts: int,
    seed: int,
    as_json: bool,
    picture: Path | None,
    **load: Any,  # noqa: ANN401 - Load's
) -> None:
    """Run POLICY, a JSON or YAML file, on simulated traffic: rollouts of a healthy version and of a bad version."""
    with _handle_errors():
        parsed = read_policy_file(policy)
        draw = _load_drawing(picture) if picture else None
        learned = _learn(**load)
        with _progress_bar(2 * rollouts) as report_progress:
            simulation = simulate(parsed, learned.load, rollouts, seed, report_progress).with_learned(learned.sentence)
        if draw:
            draw(simulation, policy.name, picture)
    if as_json:
        click.echo(simulation.report.model_dump_json(indent=2))
    else:
        print_report(Console(highlight=False), str(policy), simulation.report)


@main.command("replay")
@click.argument("recording", type=_FILE)
@click.option("--policy", type=_FILE, required=True, help="The policy, a JSON or YAML file.")
@_number_option("--period", "period_seconds", ON_AWS.period_seconds, click.IntRange(1), "Seconds of a recorded minute.")
@_number_option("--lag", "lag_seconds", ON_AWS.lag_seconds, click.IntRange(0), "Seconds until a minute is closed.")
@click.option("--all-evaluations", is_flag=True, help="Print every evaluation, also those that wait.")
@click.option("--json", "as_json", is_flag=True, help="Print the replay as JSON.")
def replay_command(recording: Path, policy: Path, *, all_evaluations: bool, as_json: bool, **timing: int) -> None:
    """Replay the minutes in RECORDING, a CSV or JSON file, and print what the policy would have decided."""
    with _handle_errors():
        replayed = replay(read_policy_file(policy), read_recording(recording, Timing(**timing)))
    if as_json:
        click.echo(replayed.model_dump_json(indent=2))
    else:
        title = f"{policy} over {recording}"
        print_replay(Console(highlight=False), title, replayed, all_evaluations=all_evaluations)


@main.command("record")
@click.argument("function")
@click.option("--alias", default="live", show_default=True, help="The alias that was split.")
@click.option("--stable", required=True, help="The version that the alias served before.")
@click.option("--canary", help="The version that was rolled out; leave it out to record only stable, for --learn.")
@click.option("--since", required=True, type=click.DateTime(), help="In UTC, at most 3 hours before the first shift.")
@click.option("--until", required=True, type=click.DateTime(), help="In UTC.")
@click.option(
    "--slow-over-ms", type=click.FloatRange(0, 900_000, min_open=True), help="Also count calls slower than this."
)
def record_command(since: datetime, until: datetime, **request: Any) -> None:  # noqa: ANN401 - RecordingRequest's fields
    """Print the CloudWatch counts of FUNCTION as a CSV file for replay, read with your AWS credentials."""
    first, last = (at.replace(tzinfo=UTC) for at in (since, until))
    if last <= first:
        raise click.UsageError(f"--until {until} is not after --since {since}. Give a later --until.")
    with _handle_errors():
        requested = RecordingRequest(**request)
        click.echo(format_csv(record(cloudwatch_client(), requested, first, last), requested), nl=False)


def _learn(recording: Path | None, **load: Any) -> Learned:  # noqa: ANN401 - Load's fields
    """Return the load of the options, or of the recording where the command line does not say otherwise."""
    if not recording:
        return Learned(Load(**load), None)
    learned, source_of = learn(recording, Load(**load)), click.get_current_context().get_parameter_source
    given = {name: value for name, value in load.items() if source_of(name) is ParameterSource.COMMANDLINE}
    return replace(learned, load=replace(learned.load, **given))


def _load_drawing(picture: Path) -> Callable[..., None]:
    """Return the function that draws a simulation; importing matplotlib takes long, so only pictures import it."""
    drawing = importlib.import_module("simulator.simulate.picture")
    drawing.check_picture_path(picture)
    draw: Callable[..., None] = drawing.draw
    return draw


@contextmanager
def _handle_errors() -> Iterator[None]:
    """Print an invalid input or Ctrl-C as one error line instead of a stack trace."""
    try:
        yield
    except InvalidInputError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped before the end.") from None


@contextmanager
def _progress_bar(rollouts: int) -> Iterator[Callable[[int], object]]:
    """Show a progress bar if standard error is a terminal; standard output only has the report."""
    columns = TextColumn("rollouts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=rollouts)
        yield lambda ended: bar.advance(task, ended)


if __name__ == "__main__":
    main()
