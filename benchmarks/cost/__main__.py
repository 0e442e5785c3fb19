"""Count what a rollout uses in a local AWS, beside a deployer of aws-samples, and write the tables of docs/cost.md."""

from pathlib import Path

import click

from benchmarks.cost.report import report
from benchmarks.cost.run import UnmeasurableError, measure
from sandbox.server import SandboxError

PAGE = Path(__file__).parents[2] / "docs" / "cost.md"
BEGIN, END = "<!-- bench-cost -->", "<!-- /bench-cost -->"


@click.command(help=__doc__)
@click.option("--write/--no-write", default=True, show_default=True, help="Whether to write the docs page.")
def main(*, write: bool) -> None:
    try:
        text = report(*measure(lambda step: click.secho(f"{step} ...", err=True, dim=True)))
    except (SandboxError, UnmeasurableError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(text)
    if write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.cost")
