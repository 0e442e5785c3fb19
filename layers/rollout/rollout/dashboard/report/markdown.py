"""Writes Markdown in which a text from outside is shown as text: in code, where nothing is markup, link or mention."""

import re
from collections.abc import Iterable, Sequence


def code(text: object, longest: int = 1000) -> str:
    """Return a text as inline code on one line; a long one is cut."""
    line = "".join(each if each.isprintable() else " " for each in re.sub(r"\s+", " ", str(text)).strip())
    shown = line if len(line) <= longest else f"{line[:longest]}…"
    ticks = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    inside = shown or " "
    padding = " " if inside.startswith("`") or inside.endswith("`") else ""
    return f"{ticks}{padding}{inside}{padding}{ticks}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; every cell is Markdown."""
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    # GitHub splits the cells of a table before it reads the code in them.
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


_BAR = "\\|"
