"""`python -m benchmarks.judge`: simulate the cells, print the tables, and write them into docs/judging.md."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.cells.matrix import cells, correlated_cells, having, world_cells
from benchmarks.judge.measure import Result, measure
from benchmarks.judge.report import markdown, promise_section, world_section
from benchmarks.judge.report.pictures import draw
from benchmarks.judge.report.speed import format_speed

ROLLOUTS = 2_000
QUICK = 200
"""Rollouts that are enough to find the interval of a share of 0 below 2 %."""
DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Section:
    """A section of the page, between two markers."""

    report: Callable[[list[Result], int, float], str]
    begin: str
    end: str


@dataclass(frozen=True)
class Part:
    """A part of the cells, which has sections of the page."""

    cells: Callable[[], Iterable[Cell]]
    sections: tuple[Section, ...]


def _report_matrix(results: list[Result], rollouts: int, seconds: float) -> str:
    return markdown.report(results, rollouts, seconds, format_speed())


PARTS = {
    "worlds": Part(
        world_cells,
        (
            Section(promise_section.report_promise, promise_section.BEGIN, promise_section.END),
            Section(world_section.report_worlds, world_section.BEGIN, world_section.END),
        ),
    ),
    "correlated": Part(correlated_cells, (Section(_report_matrix, markdown.BEGIN, markdown.END),)),
}


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help=f"{QUICK} rollouts per cell instead of {ROLLOUTS:,}; writes nothing.")
@click.option(
    "--only", multiple=True, metavar="WORDS", help="Cells with all these words, as in 'calls=6000 world=clumps:*'."
)
@click.option("--part", type=click.Choice([*PARTS]), help="The cells of one section of the page; both by default.")
@click.option("--docs", type=click.Path(path_type=Path), help="Output folder; docs/ unless --quick or --only is given.")
def main(*, quick: bool, only: tuple[str, ...], part: str | None, docs: Path | None) -> None:
    """Simulate the cells and report."""
    rollouts, docs = QUICK if quick else ROLLOUTS, docs or (None if quick or only else DOCS)
    selected = {name: having(PARTS[name].cells(), only) for name in ([part] if part else PARTS)}
    if not any(selected.values()):
        raise click.ClickException(
            f"No cell has the words {' '.join(only)!r}: use words of a cell's name, such as {str(cells()[0])!r}."
        )
    for name, chosen in selected.items():
        if chosen:
            _run(PARTS[name], chosen, rollouts, docs)


def _run(part: Part, selected: Sequence[Cell], rollouts: int, docs: Path | None) -> None:
    started = time.monotonic()
    results = _measure_all(selected, rollouts)
    seconds = time.monotonic() - started
    for section in part.sections:
        text = section.report(results, rollouts, seconds)
        markdown.publish(text, docs / "judging.md" if docs else None, section.begin, section.end)
    if docs and part.cells is correlated_cells:
        draw(results, docs / "images")


def _measure_all(selected: Sequence[Cell], rollouts: int) -> list[Result]:
    columns = (TextColumn("Rollouts"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress, ProcessPoolExecutor() as workers:
        results = workers.map(partial(measure, rollouts=rollouts), selected)
        return list(progress.track(results, total=len(selected)))


if __name__ == "__main__":
    main()
