"""`python -m benchmarks.judge.long`: judge long rollouts, print the tables, and write them into docs/judging.md."""

import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.judge.cells.matrix import having
from benchmarks.judge.long.measure import Batch, batches, rolled_back
from benchmarks.judge.long.plan import PLANS, cells
from benchmarks.judge.long.report import BEGIN, END, Result, breaches, report
from benchmarks.judge.report.markdown import PAGE, publish

QUICK = 10


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help=f"{QUICK} rollouts per cell; writes nothing.")
@click.option("--only", multiple=True, metavar="WORDS", help="Cells with all these words, as in 'world=clumps:*'.")
@click.option("--processes", type=click.IntRange(1), help="All cores by default.")
def main(*, quick: bool, only: tuple[str, ...], processes: int | None) -> None:
    """Judge the rollouts and report; the exit code is 1 if a demand is broken."""
    started = time.monotonic()
    chosen = having(cells(), only)
    if not chosen:
        raise click.ClickException(
            f"No cell has the words {' '.join(only)!r}: use words of a cell's name, such as {str(cells()[0])!r}."
        )
    work = [
        batch for plan in PLANS for cell in chosen for batch in batches(plan, cell, QUICK if quick else plan.rollouts)
    ]
    results = _results(work, processes)
    text = report(results, time.monotonic() - started)
    publish(text, None if quick or only else PAGE, BEGIN, END)
    sys.exit(int(bool(breaches(results))))


def _results(work: list[Batch], processes: int | None) -> list[Result]:
    columns = (TextColumn("Batches"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress, ProcessPoolExecutor(processes) as workers:
        counts = list(progress.track(workers.map(rolled_back, work), total=len(work)))
    return [*_summed(zip(work, counts, strict=True))]


def _summed(counted: Iterable[tuple[Batch, int]]) -> Iterator[Result]:
    """Yield the sums over consecutive batches of one plan and cell."""
    for (plan, cell), group in groupby(counted, key=lambda each: (each[0].plan, each[0].cell)):
        batches_and_counts = [*group]
        rollouts = sum(batch.rollouts for batch, _ in batches_and_counts)
        yield Result(plan, cell, rollouts, sum(count for _, count in batches_and_counts))


if __name__ == "__main__":
    main()
