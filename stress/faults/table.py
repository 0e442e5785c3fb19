"""The results of the matrix as printed lines, as JSON, and as the table of docs/reliability.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stress.faults.checks.promises import CHECKED, broken_promises
from stress.faults.matrix.cells import Cell
from stress.faults.observed_rollout import ObservedRollout
from stress.measured_page import write_between

_NONE = "–"  # noqa: RUF001 - a dash marks an empty value
_BEGIN, _END = "<!-- faults: begin -->", "<!-- faults: end -->"


@dataclass(frozen=True)
class CellResult:
    """The result of one cell: it ran, it failed to run, or it cannot exist."""

    cell: Cell
    observed: ObservedRollout | None = None
    impossible: str = ""
    failure: str = ""
    """Why the cell failed to run, or why its fault did not occur."""

    @property
    def broken(self) -> list[str]:
        return broken_promises(self.observed) if self.observed else []

    @property
    def is_good(self) -> bool:
        return bool(self.impossible) or (not self.failure and not self.broken)

    @property
    def ending(self) -> str:
        return self.observed.ending if self.observed else _NONE

    @property
    def unsplit_after(self) -> str:
        if not self.observed:
            return _NONE
        if self.observed.edit_revision:
            return "left alone"
        seconds = self.observed.unsplit_after_seconds
        return "never" if seconds is None else f"{seconds:.0f}"

    @property
    def verdict(self) -> str:
        """The broken promises, `kept` if there are none, or why the cell did not run."""
        if self.impossible:
            return f"no such cell: {self.impossible}"
        return "; ".join([*([self.failure] if self.failure else []), *self.broken]) or "kept"

    def as_json(self) -> dict[str, Any]:
        return {
            "cell": self.cell.name,
            "fault": self.cell.fault.description,
            "ending": self.ending if self.observed else None,
            "cause": self.observed.cause if self.observed else None,
            "commands": [f"{each.command}: {each.ending}" for each in self.observed.commands] if self.observed else [],
            "unsplit_after_seconds": self.observed.unsplit_after_seconds if self.observed else None,
            "broken": self.broken,
            "impossible": self.impossible or None,
            "failure": self.failure or None,
        }


def format_line(result: CellResult) -> str:
    """Return the result as one line of the printed table."""
    mark = _NONE if result.impossible else "ok" if result.is_good else "BROKEN"
    return f"{mark:6}  {result.cell.name:40}  {result.ending:24}  {result.unsplit_after:>16}  {result.verdict}"


HEAD = f"{'Result':6}  {'Cell':40}  {'Ending':24}  {'Unsplit after, s':>16}  Promises"


def summary(results: Iterable[CellResult]) -> str:
    """Return the last line: how many cells ran, and how many of them kept every promise."""
    results = list(results)
    ran = [result for result in results if result.observed]
    kept = sum(result.is_good for result in ran)
    failed = sum(bool(result.failure) and not result.observed for result in results)
    impossible = sum(bool(result.impossible) for result in results)
    failures = f", {failed} failed to run" if failed else ""
    return f"{kept} of {len(ran)} cells keep every promise{failures}; {impossible} cells cannot exist.{_broken(ran)}"


def _broken(results: list[CellResult]) -> str:
    """Return how many cells broke each promise; empty if every cell kept it."""
    cells = {
        promise: sum(any(sentence.startswith(f"{promise}:") for sentence in result.broken) for result in results)
        for promise in CHECKED
    }
    counts = ", ".join(f"{promise} in {count}" for promise, count in cells.items() if count)
    return f" Broken: {counts}." if counts else ""


def write(results: list[CellResult]) -> None:
    """Write the table between its markers in docs/reliability.md."""
    write_between(_BEGIN, _END, _markdown(results))


def _markdown(results: list[CellResult]) -> str:
    rows = [_row(result) for result in results if not result.impossible]
    head = ["| State | Fault | Ending | Unsplit after, s | Promises |", "|---|---|---|---|---|"]
    reasons = dict.fromkeys(result.impossible for result in results if result.impossible)
    impossible = [_cells_with_reason(reason, results) for reason in reasons]
    return "\n".join([summary(results), "", *head, *rows, "", "Cells that cannot exist:", "", *impossible])


def _row(result: CellResult) -> str:
    state, fault = result.cell.state.label, result.cell.fault.description
    return f"| {state} | {fault} | {result.ending} | {result.unsplit_after} | {result.verdict.replace('|', '/')} |"


def _cells_with_reason(reason: str, results: list[CellResult]) -> str:
    names = [f"`{result.cell.name}`" for result in results if result.impossible == reason]
    return f"- {reason}: {', '.join(names)}"
