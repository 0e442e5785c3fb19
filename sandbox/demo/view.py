"""Draws a rollout: one panel that changes in a terminal, one line per change elsewhere."""

import math
from datetime import UTC, datetime

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sandbox.demo.watch import Served, Snapshot, seconds_left

_GOOD, _BAD, _QUIET = "green", "red", "dim"
_WHOLE = 100.0


def panel(title: str, seen: Snapshot) -> Panel:
    """Return the live picture of a rollout."""
    newest = Text(seen.document.get("reason", ""), style=_QUIET)
    body = Group(_heading(seen), Text(), _versions(seen), Text(), _evidence_line(seen), Text(), newest)
    return Panel(body, title=title, title_align="left", width=96)


def line(seen: Snapshot) -> str:
    """Return the same in one line, for where nothing can be redrawn."""
    shares = " ".join(
        f"v{served.version} {served.percent:g}% {served.calls} calls {served.errors} failed{_slow(served)}"
        for served in (seen.stable, seen.canary)
        if served
    )
    evidence, limit = seen.evidence
    return f"  {seen.state:<18} {shares}  evidence {_short(evidence)} of {limit:g}  {_left(seen)}".rstrip()


def _slow(served: Served) -> str:
    return "" if served.slow is None else f" {served.slow} slow"


def summary(console: Console, name: str, went_well: bool, sentence: str) -> None:  # noqa: FBT001 - it is the whole news
    """Print how one rollout ended."""
    mark, colour = ("✓", _GOOD) if went_well else ("✗", _BAD)
    told = Text.assemble((f"{mark} {name}: ", f"bold {colour}"), sentence)
    console.print(told, soft_wrap=not console.is_terminal)


def _heading(seen: Snapshot) -> Table:
    heading = Table.grid(expand=True)
    heading.add_column()
    heading.add_column(justify="right")
    heading.add_row(Text.assemble("state ", (seen.state, "bold cyan")), Text(_left(seen), style=_QUIET))
    return heading


def _versions(seen: Snapshot) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("version")
    table.add_column("share")
    slow = [] if seen.slow_limit is None else [f"slow (over {seen.slow_limit:,.6g} ms)"]
    for column in ("", "calls", "failed", *slow):
        table.add_column(column, justify="right")
    for role, served in (("stable", seen.stable), ("canary", seen.canary)):
        if served:
            table.add_row(*_row(role, served))
    return table


def _row(role: str, served: Served) -> list[str | Text | ProgressBar]:
    bad = [served.errors] if served.slow is None else [served.errors, served.slow]
    return [
        f"{role} {served.version}",
        ProgressBar(total=_WHOLE, completed=served.percent, width=24, complete_style="cyan", finished_style="cyan"),
        f"{served.percent:g} %",
        f"{served.calls:,}",
        *(_share(count, served.calls) for count in bad),
    ]


def _share(count: int, calls: int) -> Text:
    """Return a count and what percent of the calls it is."""
    rate = _WHOLE * count / calls if calls else 0
    return Text(f"{count:,}  {rate:5.1f} %", style=_BAD if count else _QUIET)


def _evidence_line(seen: Snapshot) -> Table:
    evidence, limit = seen.evidence
    reached = max(math.log10(max(evidence, 1)), 0)
    row = Table.grid(padding=(0, 2, 0, 0))
    bar = ProgressBar(
        total=math.log10(limit),
        completed=min(reached, math.log10(limit)),
        width=24,
        complete_style="yellow",
        finished_style=_BAD,
    )
    row.add_row("evidence", bar, f"{_short(evidence)} against a limit of {limit:g}")
    return row


def _short(evidence: float) -> str:
    if evidence >= 1e4:  # noqa: PLR2004 - 9,999 still reads well
        return f"10^{math.log10(evidence):.0f}"
    return f"{evidence:,.0f}" if evidence >= 10 else f"{evidence:.2g}"  # noqa: PLR2004 - two digits are enough


def _left(seen: Snapshot) -> str:
    left = seconds_left(seen.document, datetime.now(UTC))
    return "" if left is None else f"at least {left:.0f} s left"
