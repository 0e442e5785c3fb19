"""How each grade looks in a terminal, and which of them let a stack count as fit."""

from collections.abc import Iterable, Mapping

from rich.text import Text

MARKS = {
    "good": Text("good", "green"),
    "warning": Text("warning", "yellow"),
    "bad": Text("bad", "bold red"),
    "unknown": Text("unknown", "magenta"),
}


def is_fit(findings: Iterable[Mapping[str, str]]) -> bool:
    """Whether each finding is good or a warning: what is unknown is not fit."""
    return all(finding["grade"] in ("good", "warning") for finding in findings)
