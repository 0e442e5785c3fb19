"""`python -m benchmarks.judge`: simulate the matrix, print the tables, and write them into docs/judging.md."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.cells.matrix import cells
from benchmarks.judge.measure import Result, measure
from benchmarks.judge.report.markdown import report, write
from benchmarks.judge.report.pictures import draw
from benchmarks.judge.report.speed import format_speed

ROLLOUTS = 2_000
QUICK = 100
DOCS = Path(__file__).parents[2] / "docs"


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help=f"{QUICK} rollouts per cell instead of {ROLLOUTS:,}; writes nothing.")
@click.option("--only", multiple=True, metavar="WORDS", help="Cells with all these words, as in 'calls=6000 risk=5'.")
@click.option("--docs", type=click.Path(path_type=Path), help="Output folder; docs/ if the whole matrix is simulated.")
def main(*, quick: bool, only: tuple[str, ...], docs: Path | None) -> None:
    """Simulate the cells and report."""
    selected = cells(only)
    if not selected:
        raise click.ClickException(
            f"No cell has the words {' '.join(only)!r}: use words of a cell's name, such as {str(cells()[0])!r}."
        )
    rollouts = QUICK if quick else ROLLOUTS
    started = time.monotonic()
    results = _measure_all(selected, rollouts)
    text = report(results, rollouts, time.monotonic() - started, format_speed())
    Console().print(Markdown(text))
    docs = docs or (None if quick or only else DOCS)
    if docs:
        write(text, docs / "judging.md")
        draw(results, docs / "images")


def _measure_all(selected: Sequence[Cell], rollouts: int) -> list[Result]:
    columns = (TextColumn("Rollouts"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress, ProcessPoolExecutor() as workers:
        results = workers.map(partial(measure, rollouts=rollouts), selected)
        return list(progress.track(results, total=len(selected)))


if __name__ == "__main__":
    main()
