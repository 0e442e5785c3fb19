"""Draws a rollout: a panel that is redrawn in a terminal, and one line per change elsewhere."""

import math

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sandbox.demo.watch import Snapshot, VersionTraffic

PANEL_WIDTH = 96
_GOOD, _BAD, _QUIET = "green", "red", "dim"
_BAR_WIDTH = 24
_ALL_PERCENT = 100.0


def panel(title: str, snapshot: Snapshot) -> Panel:
    """Return the live view of a rollout."""
    reason = Text(snapshot.document.get("reason", ""), style=_QUIET)
    body = Group(_heading(snapshot), Text(), _versions(snapshot), Text(), _evidence(snapshot), Text(), reason)
    return Panel(body, title=title, title_align="left", width=PANEL_WIDTH)


def line(snapshot: Snapshot) -> str:
    """Return the same in one line, for an output that cannot be redrawn."""
    shares = " ".join(
        f"v{traffic.version} {traffic.percent:g}% {traffic.calls} calls {traffic.errors} failed{_format_slow(traffic)}"
        for traffic in (snapshot.stable, snapshot.canary)
        if traffic
    )
    evidence, limit = snapshot.evidence
    left = _format_left(snapshot)
    return f"  {snapshot.state:<21} {shares}  evidence {_format_evidence(evidence)} (limit {limit:g})  {left}".rstrip()


def summary(console: Console, result: str, reason: str, *, as_expected: bool) -> None:
    """Print how a rollout ended."""
    mark, colour = ("✓", _GOOD) if as_expected else ("✗", _BAD)
    text = Text.assemble((f"{mark} {result}: ", f"bold {colour}"), reason)
    console.print(text, soft_wrap=not console.is_terminal)


def _heading(snapshot: Snapshot) -> Table:
    heading = Table.grid(expand=True)
    heading.add_column()
    heading.add_column(justify="right")
    state = Text.assemble("state ", (snapshot.state, "bold cyan"))
    heading.add_row(state, Text(_format_left(snapshot), style=_QUIET))
    return heading


def _versions(snapshot: Snapshot) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("version")
    table.add_column("share")
    slow = [] if snapshot.slow_limit is None else [f"slow (over {snapshot.slow_limit:,.6g} ms)"]
    for column in ("", "calls", "failed", *slow):
        table.add_column(column, justify="right")
    for role, traffic in (("stable", snapshot.stable), ("canary", snapshot.canary)):
        if traffic:
            table.add_row(*_row(role, traffic))
    return table


def _row(role: str, traffic: VersionTraffic) -> list[str | Text | ProgressBar]:
    bad = [traffic.errors] if traffic.slow is None else [traffic.errors, traffic.slow]
    return [
        f"{role} {traffic.version}",
        _bar(_ALL_PERCENT, traffic.percent, "cyan", "cyan"),
        f"{traffic.percent:g} %",
        f"{traffic.calls:,}",
        *(_count_and_rate(count, traffic.calls) for count in bad),
    ]


def _bar(total: float, completed: float, style: str, finished_style: str) -> ProgressBar:
    return ProgressBar(
        total=total, completed=completed, width=_BAR_WIDTH, complete_style=style, finished_style=finished_style
    )


def _count_and_rate(count: int, calls: int) -> Text:
    rate = _ALL_PERCENT * count / calls if calls else 0
    return Text(f"{count:,}  {rate:5.1f} %", style=_BAD if count else _QUIET)


def _evidence(snapshot: Snapshot) -> Table:
    evidence, limit = snapshot.evidence
    reached = max(math.log10(max(evidence, 1)), 0)  # 1 is no evidence: the bar is empty
    row = Table.grid(padding=(0, 2, 0, 0))
    bar = _bar(math.log10(limit), min(reached, math.log10(limit)), "yellow", _BAD)
    row.add_row("evidence against the canary", bar, f"{_format_evidence(evidence)} (limit {limit:g})")
    return row


def _format_slow(traffic: VersionTraffic) -> str:
    return "" if traffic.slow is None else f" {traffic.slow} slow"


def _format_evidence(evidence: float) -> str:
    if evidence >= 1e4:  # noqa: PLR2004 - 9,999 is still readable
        return f"10^{math.log10(evidence):.0f}"
    return f"{evidence:,.0f}" if evidence >= 10 else f"{evidence:.2g}"  # noqa: PLR2004 - two digits are enough


def _format_left(snapshot: Snapshot) -> str:
    left = snapshot.seconds_left
    return "" if left is None else f"at least {left:.0f} s left"
