"""The suite's results as lines, as JSON, and as the table of docs/reliability.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stress.faults.cells import Cell
from stress.faults.promises import CHECKED, Seen, broken
from stress.measured_page import write_between

_NONE = "–"  # noqa: RUF001 - a dash that says there is nothing
_BEGIN, _END = "<!-- faults: begin -->", "<!-- faults: end -->"


@dataclass(frozen=True)
class Result:
    """What became of one cell: it was played, it could not be, or there is no such cell."""

    cell: Cell
    seen: Seen | None = None
    impossible: str = ""
    failed: str = ""
    """Why it could not be played, or did not come to the fault."""

    @property
    def broken(self) -> list[str]:
        return broken(self.seen) if self.seen else []

    @property
    def is_good(self) -> bool:
        return bool(self.impossible) or (not self.failed and not self.broken)

    @property
    def ending(self) -> str:
        return self.seen.ending if self.seen else _NONE

    @property
    def whole_after(self) -> str:
        if not self.seen:
            return _NONE
        if self.seen.edited:
            return "left alone"
        return "never" if self.seen.whole_after is None else f"{self.seen.whole_after:.0f}"

    @property
    def verdict(self) -> str:
        """The promises in words: which were broken and how, or that all were kept, or why nothing was tried."""
        if self.impossible:
            return f"no such cell: {self.impossible}"
        return "; ".join([*([self.failed] if self.failed else []), *self.broken]) or "kept"

    def as_json(self) -> dict[str, Any]:
        return {
            "cell": self.cell.name,
            "fault": self.cell.fault.says,
            "ending": self.ending if self.seen else None,
            "cause": self.seen.cause if self.seen else None,
            "whole_after_seconds": self.seen.whole_after if self.seen else None,
            "broken": self.broken,
            "impossible": self.impossible or None,
            "failed": self.failed or None,
        }


def line(result: Result) -> str:
    """Return a result as one line of the table that is printed."""
    mark = _NONE if result.impossible else "ok" if result.is_good else "BROKEN"
    return f"{mark:6}  {result.cell.name:32}  {result.ending:24}  {result.whole_after:>10}  {result.verdict}"


HEAD = f"{'':6}  {'cell':32}  {'ending':24}  {'whole, s':>10}  promises"


def summary(results: Iterable[Result]) -> str:
    """Return the last line: how many cells there are, and how many of them are good."""
    results = list(results)
    played = [result for result in results if result.seen]
    kept = sum(result.is_good for result in played)
    unplayed = [result for result in results if result.failed and not result.seen]
    not_there = sum(bool(result.impossible) for result in results)
    by_promise = {p: sum(any(b.startswith(f"{p}:") for b in r.broken) for r in played) for p in CHECKED}
    told = ", ".join(f"{promise} in {cells}" for promise, cells in by_promise.items() if cells)
    lost = f", {len(unplayed)} could not be played" if unplayed else ""
    faults = f" Broken: {told}." if told else ""
    return f"{kept} of {len(played)} cells keep every promise{lost}; {not_there} cells cannot exist.{faults}"


def write(results: list[Result]) -> None:
    """Write the table between its markers in docs/reliability.md."""
    write_between(_BEGIN, _END, _markdown(results))


def _markdown(results: list[Result]) -> str:
    played = [_row(result) for result in results if not result.impossible]
    head = ["| State | Fault | Ending | Whole after, s | Promises |", "|---|---|---|---|---|"]
    reasons = dict.fromkeys(result.impossible for result in results if result.impossible)
    absent = [_absent(reason, results) for reason in reasons]
    return "\n".join([summary(results), "", *head, *played, "", "Cells that cannot exist:", "", *absent])


def _row(result: Result) -> str:
    state, fault = result.cell.state.name, result.cell.fault.says
    return f"| {state} | {fault} | {result.ending} | {result.whole_after} | {result.verdict.replace('|', '/')} |"


def _absent(reason: str, results: list[Result]) -> str:
    names = [f"`{result.cell.name}`" for result in results if result.impossible == reason]
    return f"- {reason}: {', '.join(names)}"
