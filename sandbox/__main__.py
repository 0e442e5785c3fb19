"""`python -m sandbox`: the local AWS from the command line."""

import importlib
import signal
import sys
from types import FrameType

import click
from rich.console import Console

from sandbox.deploy import deployed
from sandbox.server import Sandbox, SandboxError, free_port


@click.group(help=__doc__)
def main() -> None:
    """Let SIGTERM end a command the way Ctrl-C does, so that it stops what it started."""
    signal.signal(signal.SIGTERM, _interrupt)


@main.command()
@click.option("--port", default=4566, show_default=True, help="Where to listen, on this machine alone.")
def serve(port: int) -> None:
    """Serve a local AWS with the stack deployed, until Ctrl-C."""
    try:
        with deployed(port, "serve", _progress) as (sandbox, outputs):
            _introduce(sandbox, outputs)
            sandbox.process.wait()
            raise click.ClickException(f"The emulator ended by itself; its log is in {sandbox.folder}.")
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("\nStopped.")


@main.command()
@click.option("--port", default=None, type=int, help="Where to listen; any free port if left out.")
def demo(port: int | None) -> None:
    """See a healthy version promoted, a faulty one and a slow one taken back."""
    try:
        story = importlib.import_module("sandbox.demo.story")
        with deployed(port or free_port(), "demo", _progress) as (sandbox, outputs):
            as_promised = story.tell(sandbox, outputs["StateMachineArn"], Console())
    except ModuleNotFoundError as error:
        raise click.ClickException(f"There is no demo here: {error}.") from error
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped before its end.") from None
    sys.exit(0 if as_promised else 1)


def _introduce(sandbox: Sandbox, outputs: dict[str, str]) -> None:
    machine = outputs["StateMachineArn"]
    execution = machine.replace(":stateMachine:", ":execution:")
    click.secho(f"\nThe stack is deployed at {sandbox.url}", bold=True)
    for name in ("StateMachineArn", "LedgerTableName"):
        click.echo(f"  {name}  {outputs[name]}")
    click.secho("\nTo reach it from another shell:", bold=True)
    for name, value in sandbox.exports.items():
        click.echo(f"  export {name}={value}")
    click.secho("\nTo try it:", bold=True)
    click.echo(
        f"  aws stepfunctions start-execution --name first --state-machine-arn {machine} "
        f"""--input '{{"function": "my-api"}}'"""
    )
    click.echo(f"  aws stepfunctions describe-execution --execution-arn {execution}:first")
    click.secho("\nServing until Ctrl-C.", fg="green")


def _progress(step: str) -> None:
    click.secho(f"{step} ...", dim=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(prog_name="python -m sandbox")
