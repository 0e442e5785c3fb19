"""The results of the release matrix as printed lines, and as the table of docs/reliability.md."""

from dataclasses import dataclass
from pathlib import Path

from stress.faults.matrix.cells import Cell
from stress.faults.release.matrix import release_cells
from stress.faults.release.observed import ObservedRelease
from stress.faults.release.promises import broken_promises
from stress.measured_page import PAGE, write_between

BEGIN, END = "<!-- faults of releases: begin -->", "<!-- faults of releases: end -->"


class MissingRowError(Exception):
    """When the table on the page has no row of a cell that did not run."""


@dataclass(frozen=True)
class ReleaseCellResult:
    """The result of one cell: it ran, or it failed to run."""

    cell: Cell
    observed: ObservedRelease | None = None
    failure: str = ""
    """Why the cell failed to run, or why its fault did not occur."""

    @property
    def broken(self) -> list[str]:
        return broken_promises(self.observed) if self.observed else []

    @property
    def is_good(self) -> bool:
        return not self.failure and not self.broken

    @property
    def values(self) -> tuple[str, str, str]:
        """The ending, what both functions serve at the quiet end, and the verdict."""
        verdict = "; ".join(filter(None, [self.failure, *self.broken])) or "kept"
        return (self.observed.ending, self.observed.serves, verdict) if self.observed else ("", "", verdict)


def format_line(result: ReleaseCellResult) -> str:
    """Return the result as one line of the printed table."""
    ending, serves, verdict = result.values
    mark = "ok" if result.is_good else "BROKEN"
    return f"{mark:6}  {result.cell.name:32}  {ending:24}  {serves:12}  {verdict}"


def summary(results: list[ReleaseCellResult]) -> str:
    """Return the last line: how many cells kept every promise."""
    return _summary(sum(result.is_good for result in results), len(results))


def write(results: list[ReleaseCellResult], page: Path = PAGE) -> None:
    """Write the table between its markers in docs/reliability.md.

    The rows of cells that did not run stay as they are. Raises MissingRowError where there are none yet.
    """
    write_between(BEGIN, END, markdown(results, _rows_of(page)), page)


def markdown(results: list[ReleaseCellResult], rows: dict[tuple[str, str], str] | None = None) -> str:
    """Return the table as it stands in docs/reliability.md, with these rows for the cells that did not run."""
    new = {_key(result.cell): _row(result) for result in results}
    every = {**(rows or {}), **new}
    cells = [_key(cell) for cell in release_cells() if rows is not None or _key(cell) in new]
    if missing := [f"{state}: {fault}" for state, fault in cells if (state, fault) not in every]:
        raise MissingRowError(f"The table has no row of {'; '.join(missing)}: run these cells too.")
    body = [every[key] for key in cells]
    head = ["| State | Fault | Ending | Both functions serve | Promises |", "|---|---|---|---|---|"]
    return "\n".join([_summary(sum(row.endswith("| kept |") for row in body), len(body)), "", *head, *body])


def _summary(kept: int, count: int) -> str:
    return f"{kept} of {count} cells of releases keep every promise."


def _rows_of(page: Path) -> dict[tuple[str, str], str]:
    """Return the rows of the table on a page, by the state and the fault."""
    table = page.read_text().partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    return {(row.split("|")[1].strip(), row.split("|")[2].strip()): row for row in rows}


def _key(cell: Cell) -> tuple[str, str]:
    return cell.state.label, cell.fault.description


def _row(result: ReleaseCellResult) -> str:
    ending, serves, verdict = result.values
    state, fault = _key(result.cell)
    return f"| {state} | {fault} | {ending} | {serves} | {verdict.replace('|', '/')} |"
