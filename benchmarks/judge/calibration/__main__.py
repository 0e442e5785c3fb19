"""`python -m benchmarks.judge.calibration`: simulate, print the table, and write it into docs/judging.md."""

import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import click

from benchmarks.judge.calibration.measure import measure, settings
from benchmarks.judge.calibration.report import BEGIN, END, report
from benchmarks.judge.report.markdown import PAGE, publish

ROLLOUTS = 40
QUICK = 10


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help=f"{QUICK} rollouts per cell instead of {ROLLOUTS:,}; writes nothing.")
def main(*, quick: bool) -> None:
    """Simulate and report."""
    started, rollouts = time.monotonic(), QUICK if quick else ROLLOUTS
    with ProcessPoolExecutor() as workers:
        results = list(workers.map(partial(measure, rollouts=rollouts), settings()))
    text = report(results, rollouts, time.monotonic() - started)
    publish(text, None if quick else PAGE, BEGIN, END)


if __name__ == "__main__":
    main()
