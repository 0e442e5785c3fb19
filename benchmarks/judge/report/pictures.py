"""The two pictures of the report."""

from collections.abc import Sequence
from copy import copy
from math import isinf
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.cells.matrix import CALLS, CORRELATIONS
from benchmarks.judge.measure import SHIPPED, Result
from benchmarks.judge.report.demands import healthy_twin, is_trusted
from benchmarks.judge.report.tables import BURSTS, RISKS, TYPICAL_RATE
from benchmarks.judge.rules.peers import PEERS
from simulator.bursts.shape import Correlation

COLORS = {
    SHIPPED: "#0b6e4f",
    "aws-lambda-deploy": "#d1495b",
    "alarm, sum > 0": "#e58f29",
    "alarm, rate > 1 %": "#8d6bb8",
    "Flagger": "#3b7dd8",
    "Argo Rollouts": "#5f5f5f",
    "Kayenta": "#c06ab0",
}
MARKERS = dict(zip(COLORS, "oXsDv^P", strict=True))
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "axes.axisbelow": True,
    "figure.dpi": 110,
}


def draw(results: Sequence[Result], folder: Path) -> None:
    """Write both pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    by_cell = {result.cell: result for result in results}
    mpl.use("Agg")
    with mpl.rc_context(STYLE):
        _save(_false_rollbacks(by_cell), folder / "false-rollbacks.png")
        _save(_excess_failures(by_cell), folder / "excess-failures.png")


def _save(figure: Figure, path: Path) -> None:
    # Without the software version in the metadata, the same numbers give the same file.
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)


def _false_rollbacks(results: dict[Cell, Result]) -> Figure:
    figure, panels = plt.subplots(1, len(CALLS), figsize=(12, 4.6), sharey=True, layout="constrained")
    for panel, calls in zip(panels, CALLS, strict=True):
        for name in COLORS:
            cells = [Cell(calls, TYPICAL_RATE, 1, Correlation(correlation)) for correlation in CORRELATIONS]
            tallies = [results[cell].tallies[name] for cell in cells if cell in results]
            _line(panel, name, [100 * tally.rolled_back / tally.rollouts for tally in tallies])
        panel.axhline(1, color=COLORS[SHIPPED], linewidth=0.8, linestyle=":")
        panel.set_title(f"{calls:,} calls a minute")
        panel.set_xticks(range(len(CORRELATIONS)), [f"{correlation:g}" for correlation in CORRELATIONS])
        panel.set_xlabel("correlation of errors in a minute")
    panels[0].set_yscale("symlog", linthresh=1, linscale=0.6)
    panels[0].set_yticks([0, 1, 2, 5, 10, 20, 50, 100], ["0", "1 % promised", "2", "5", "10", "20", "50", "100 %"])
    panels[0].set_ylim(-0.08, 130)
    _finish(figure, panels[0], "Healthy canaries rolled back, stable errors 0.2 %")
    return figure


def _excess_failures(results: dict[Cell, Result]) -> Figure:
    volumes = CALLS[1:]
    figure, panels = plt.subplots(1, len(volumes), figsize=(12, 4.6), layout="constrained")
    for panel, calls in zip(panels, volumes, strict=True):
        for name in COLORS:
            cells = [Cell(calls, TYPICAL_RATE, risk, BURSTS) for risk in RISKS]
            _failures(panel, name, [results[cell] for cell in cells if cell in results], results)
        panel.set_title(f"{calls:,} calls a minute")
        panel.set_xticks(range(len(RISKS)), ["all" if isinf(risk) else f"{risk:g} times" for risk in RISKS])
        panel.set_xlabel("canary's errors against stable's")
        panel.set_yscale("log")
        panel.yaxis.set_major_formatter("{x:,.0f}")
        panel.set_ylim(bottom=0.4)
    panels[0].set_ylabel("canary failures beyond stable's rate")
    title = "Excess failures until the rollback, stable errors 0.2 %, correlation 0.002"
    _finish(figure, panels[0], f"{title} (faint: rolls back 5 % or more of the healthy canaries)")
    return figure


def _failures(panel: Axes, name: str, row: Sequence[Result], results: dict[Cell, Result]) -> None:
    healthy = results.get(healthy_twin(row[0].cell)) if row else None
    trusted = healthy is None or is_trusted(healthy.tallies[name])
    _line(panel, name, [max(result.tallies[name].excess.value, 0.5) for result in row], 1 if trusted else 0.25)


def _line(panel: Axes, name: str, values: Sequence[float], alpha: float = 1) -> None:
    is_shipped = name == SHIPPED
    panel.plot(
        _positions(name, len(values)),
        values,
        color=COLORS[name],
        marker=MARKERS[name],
        markersize=7 if is_shipped else 5,
        linewidth=2.8 if is_shipped else 1.4,
        alpha=alpha,
        zorder=3 if is_shipped else 2,
        label=name,
    )


def _positions(name: str, count: int) -> list[float]:
    """Return positions on the x axis, shifted per rule so that equal rules do not hide each other."""
    offset = 0.05 * (list(COLORS).index(name) - len(COLORS) // 2)
    return [position + offset for position in range(count)]


def _finish(figure: Figure, panel: Axes, title: str) -> None:
    figure.suptitle(title, fontsize=12)
    lines = [copy(line) for line in panel.get_lines() if line.get_label() in COLORS]
    for line in lines:
        line.set_alpha(1)
    figure.legend(handles=lines, loc="outside lower center", ncols=len(COLORS), frameon=False)


assert set(COLORS) == {SHIPPED, *PEERS}  # noqa: S101 - a new rule needs a color
