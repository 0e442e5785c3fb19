"""`python -m benchmarks.judge`: play the matrix, print the tables, and write them into docs/judging.md."""

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.judge.cell import Cell
from benchmarks.judge.matrix import cells
from benchmarks.judge.measure import Result, measure
from benchmarks.judge.pictures import draw
from benchmarks.judge.report import report, write
from benchmarks.judge.speed import say_speed

ROLLOUTS = 2_000
QUICK = 100
DOCS = Path(__file__).parents[2] / "docs"


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help=f"{QUICK} rollouts a cell instead of {ROLLOUTS:,}; writes nothing.")
@click.option("--only", multiple=True, metavar="WORDS", help="Cells with all these words, as in 'calls=6000 risk=5'.")
@click.option("--docs", type=click.Path(path_type=Path), help="Where to write; docs/ if the whole matrix is played.")
def main(*, quick: bool, only: tuple[str, ...], docs: Path | None) -> None:
    """Play the cells, and report."""
    chosen = cells(only)
    if not chosen:
        raise click.ClickException(f"No cell has the words {' '.join(only)!r}; words are like {str(cells()[0])!r}.")
    rollouts = QUICK if quick else ROLLOUTS
    begun = time.monotonic()
    results = _played(chosen, rollouts)
    text = report(results, rollouts, time.monotonic() - begun, say_speed())
    Console().print(Markdown(text))
    docs = docs or (None if quick or only else DOCS)
    if docs:
        write(text, docs / "judging.md")
        draw(results, docs / "images")


def _played(chosen: Sequence[Cell], rollouts: int) -> list[Result]:
    columns = (TextColumn("Rollouts"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress, ProcessPoolExecutor() as workers:
        played = workers.map(partial(measure, rollouts=rollouts), chosen)
        return list(progress.track(played, total=len(chosen)))


if __name__ == "__main__":
    main()
