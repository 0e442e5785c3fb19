"""The results of the release matrix as printed lines, and as the table of docs/reliability.md."""

from dataclasses import dataclass

from stress.faults.matrix.cells import Cell
from stress.faults.release.observed import ObservedRelease
from stress.faults.release.promises import broken_promises
from stress.measured_page import write_between

_BEGIN, _END = "<!-- faults of releases: begin -->", "<!-- faults of releases: end -->"


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
    kept = sum(result.is_good for result in results)
    return f"{kept} of {len(results)} cells of releases keep every promise."


def write(results: list[ReleaseCellResult]) -> None:
    """Write the table between its markers in docs/reliability.md."""
    write_between(_BEGIN, _END, markdown(results))


def markdown(results: list[ReleaseCellResult]) -> str:
    """Return the table as it stands in docs/reliability.md."""
    head = ["| State | Fault | Ending | Both functions serve | Promises |", "|---|---|---|---|---|"]
    return "\n".join([summary(results), "", *head, *map(_row, results)])


def _row(result: ReleaseCellResult) -> str:
    ending, serves, verdict = result.values
    description = result.cell.fault.description
    return f"| {result.cell.state.label} | {description} | {ending} | {serves} | {verdict.replace('|', '/')} |"
