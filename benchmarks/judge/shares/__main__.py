"""`python -m benchmarks.judge.shares`: simulate the cells, print the tables, and write them into docs/judging.md."""

import sys
import time

import click

from benchmarks.judge.report.markdown import PAGE, publish
from benchmarks.judge.shares.cell import cells
from benchmarks.judge.shares.measure import measure
from benchmarks.judge.shares.report import BEGIN, END, demands, report

ROLLOUTS = 5_000
QUICK = 200


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help=f"{QUICK} rollouts per cell instead of {ROLLOUTS:,}; writes nothing.")
def main(*, quick: bool) -> None:
    """Simulate the cells and report; the exit code is 1 if a demand is broken."""
    started, rollouts = time.monotonic(), QUICK if quick else ROLLOUTS
    results = [measure(cell, rollouts) for cell in cells()]
    text = report(results, rollouts, time.monotonic() - started)
    publish(text, None if quick else PAGE, BEGIN, END)
    sys.exit(int(any(demands(results).values())))


if __name__ == "__main__":
    main()
