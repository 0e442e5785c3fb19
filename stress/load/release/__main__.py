"""Release many functions at once in a local AWS, two of them bad, and check that all of them return to stable."""

import sys

import click

from sandbox.server import SandboxError
from stress.load.release import table
from stress.load.release.promises import ReleaseResult
from stress.load.release.run_release import run_release
from stress.load.rollouts import FunctionsNotReadyError


@click.command(help=__doc__)
@click.option(
    "--functions",
    multiple=True,
    default=(200,),
    show_default=True,
    type=click.IntRange(3, 200),
    help="The number of functions of the release. Repeatable: one release after another.",
)
@click.option("--write", is_flag=True, help="Write the table into docs/reliability.md.")
def main(functions: tuple[int, ...], write: bool) -> None:  # noqa: FBT001 - click gives them by name
    try:
        results = [_print_result(run_release(count, _report)) for count in functions]
    except (SandboxError, FunctionsNotReadyError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Interrupted. No table was written.") from None
    click.echo(table.as_text(results))
    if write:
        table.write(results)
    is_good = not any(result.broken for result in results)
    click.secho(table.summary(results), bold=True, fg="green" if is_good else "red")
    sys.exit(0 if is_good else 1)


def _print_result(result: ReleaseResult) -> ReleaseResult:
    """Print the result of one release at once, because the next one may take long or be interrupted."""
    click.secho(table.as_text([result]) + "\n", err=True, dim=True)
    return result


def _report(step: str) -> None:
    click.secho(f"{step} ...", err=True, dim=True)


if __name__ == "__main__":
    main(prog_name="python -m stress.load.release")
