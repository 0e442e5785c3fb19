"""`python -m benchmarks.auto`: simulate `steps: Auto` at four traffics, and write the tables of docs/low-traffic.md."""

import os
from pathlib import Path

import click

from benchmarks.auto.measure import Repetitions, measure_auto, measure_choices
from benchmarks.auto.report import report, write

PAGE = Path(__file__).parents[2] / "docs" / "low-traffic.md"
QUICK = Repetitions(healthy=20, quiet=8, bad=5, choices=1, extended=0)


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help="A few rollouts of each kind; writes nothing.")
@click.option("--processes", type=click.IntRange(1), default=os.cpu_count(), show_default=True)
def main(*, quick: bool, processes: int) -> None:
    """Simulate and report."""
    repetitions = QUICK if quick else Repetitions()
    text = report(measure_auto(repetitions, processes), measure_choices(repetitions, processes))
    click.echo(text)
    if not quick:
        write(text, PAGE)


if __name__ == "__main__":
    main()
