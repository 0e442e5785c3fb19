"""`python -m sandbox`: a local AWS with the stack deployed, on the command line."""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from sandbox.dashboard.screenshots import photographing
from sandbox.dashboard.server import serving_dashboard
from sandbox.demo import record, run
from sandbox.deploy import deployed
from sandbox.sam import layer_settings
from sandbox.serve import CALLS_PER_SECOND, create_function, introduction
from sandbox.server import LOG, Sandbox, SandboxError, free_port, running


@click.group(help=__doc__)
def main() -> None:
    """Handle SIGTERM and SIGINT alike: a command stops what it started."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a background job inherits an ignored SIGINT
        signal.signal(number, _interrupt)


@main.command()
@click.option("--port", default=4566, show_default=True, help="The port to listen on, at 127.0.0.1.")
def serve(port: int) -> None:
    """Serve a local AWS with the stack deployed and a function to roll out, until Ctrl-C."""
    try:
        with deployed(port, f"serve-{port}", _print_progress) as (sandbox, outputs):
            _serve(sandbox, outputs)
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("\nStopped.")


def _serve(sandbox: Sandbox, outputs: dict[str, str]) -> None:
    page_port = free_port(preferred=sandbox.port + 1)
    with create_function(sandbox).traffic(CALLS_PER_SECOND), serving_dashboard(sandbox, outputs, page_port) as page:
        for heading, lines in introduction(sandbox, outputs, page):
            click.secho(f"\n{heading}", bold=True)
            for line in lines:
                click.echo(f"  {line}")
        click.secho("\nServing until Ctrl-C.", fg="green")
        sandbox.process.wait()
    raise click.ClickException(f"The emulator has ended. Read {sandbox.folder / LOG}, then run `make sandbox` again.")


def _in_existing_folder(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    if path and not path.parent.is_dir():
        raise click.BadParameter(f"The folder {path.parent} does not exist; run `mkdir -p {path.parent}` first.")
    return path


_OUTPUT_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@main.command()
@click.option("--port", default=None, type=int, help="The port to listen on; without it, any free port.")
@click.option(
    "--record", "record_file", type=_OUTPUT_FILE, callback=_in_existing_folder, help="Write every sample as JSON."
)
@click.option(
    "--screenshot", type=_OUTPUT_FILE, callback=_in_existing_folder, help="Write one moment of the live view as SVG."
)
@click.option(
    "--dashboard-pictures",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Write screenshots of the dashboard into this folder; needs Chromium.",
)
@click.option("--keep-open", is_flag=True, help="Serve the dashboard after the demo too, until Ctrl-C.")
def demo(
    port: int | None,
    record_file: Path | None,
    screenshot: Path | None,
    dashboard_pictures: Path | None,
    *,
    keep_open: bool,
) -> None:
    """Roll out five versions: promoted, rolled back twice, promoted by an approval, and stopped by a hook."""
    try:
        with (
            deployed(port or free_port(), "demo", _print_progress) as (sandbox, outputs),
            serving_dashboard(sandbox, outputs) as page,
            photographing(page, dashboard_pictures) as photographer,
        ):
            _print_dashboard(page)
            rollouts = run.run(sandbox, outputs, Console(), photographer)
            _keep_open(page if keep_open else "")
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped before the end; run `make demo` to start again.") from None
    if record_file:
        record.save_record(rollouts, record_file)
    if screenshot:
        record.save_screenshot(rollouts, screenshot)
    if not all(rollout.as_expected for rollout in rollouts):
        raise click.ClickException(
            f"A rollout did not end as expected (marked with ✗). Read {sandbox.folder / LOG}, then run `make demo` "
            "again; on a busy machine, end other programs first."
        )


@main.command(name="exec", context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(command: tuple[str, ...]) -> None:
    """Run a command whose AWS is a fresh local one without any stack, and exit as it exits."""
    try:
        with running(free_port(), "exec") as sandbox:
            ended = subprocess.run(command, env={**sandbox.environment, **layer_settings()}, check=False)
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped.") from None
    sys.exit(ended.returncode)


def _print_dashboard(page: str) -> None:
    if page:
        click.echo(
            f"\nThe dashboard, while the demo runs (make demo OPEN=1: until Ctrl-C): {click.style(page, bold=True)}"
        )


def _keep_open(page: str) -> None:
    """Return at Ctrl-C; the demo has ended by then, so it is no error."""
    if page:
        click.secho(f"\nServing the dashboard until Ctrl-C: {page}", fg="green")
        with suppress(KeyboardInterrupt):
            signal.pause()


def _print_progress(step: str) -> None:
    click.secho(f"{step} ...", dim=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(prog_name="python -m sandbox")
