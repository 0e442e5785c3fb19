"""Tables of loads: a column for each load, a row for each measure."""

from collections.abc import Sequence

_MAX_SENTENCES = 20
"""The most broken promises that are printed one by one."""

Measures = dict[str, str]
"""The values of one load by the names of its measures."""


def as_text(loads: Sequence[Measures], broken: Sequence[str], wide: tuple[int, int], after: Sequence[str] = ()) -> str:
    """Return the printed table, the lines `after` it, and the broken promises; `wide`: name and value."""
    name_width, value_width = wide
    table = [f"{name:{name_width}}" + "".join(f"{each:>{value_width}}" for each in row) for name, *row in _rows(loads)]
    more = [f"... and {len(broken) - _MAX_SENTENCES} more"] if len(broken) > _MAX_SENTENCES else []
    return "\n".join(["", *table, "", *after, *broken[:_MAX_SENTENCES], *more])


def as_markdown(loads: Sequence[Measures], summary: str) -> str:
    """Return the table as it stands in docs/reliability.md, with its last line."""
    head, *body = [f"| {' | '.join(row)} |" for row in _rows(loads)]
    return "\n".join(["", head, "|---|" + "---:|" * len(loads), *body, "", summary, ""])


def _rows(loads: Sequence[Measures]) -> list[list[str]]:
    return [[name, *(load[name] for load in loads)] for name in loads[0]]
