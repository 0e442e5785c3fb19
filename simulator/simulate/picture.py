"""Draws a simulation: one typical rollout of each version, and the endings, times and costs of all rollouts."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median_low
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rollout.domain.enums import Move
from simulator.files import InvalidInputError
from simulator.shares import Share, distribution_of
from simulator.simulate.load import HEALTHY
from simulator.simulate.one_rollout import RolloutResult, Scenario, trace_rollout
from simulator.simulate.picture_panels import (
    CANARY,
    INCONCLUSIVE,
    PROMOTED,
    ROLLED_BACK,
    STABLE,
    draw_rollout,
    ending_of,
)
from simulator.simulate.report import VersionReport
from simulator.simulate.simulate import Simulation
from simulator.simulate.table import format_plan, format_traffic
from simulator.wording import format_percent

_EXTENSIONS = {".png", ".svg"}
_STYLE: dict[Any, object] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": STABLE,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "legend.borderaxespad": 0,
    "svg.hashsalt": "rollouts",  # the same file for the same simulation
}


def draw(simulation: Simulation, policy_name: str, path: Path) -> None:
    """Draw a simulation into a file; raises InvalidInputError if the file cannot be written."""
    with rc_context(_STYLE):
        rows = 3 if simulation.report.slow_percent is None else 4
        figure = Figure(figsize=(11, 10 + 2.4 * (rows - 3)), layout="constrained")
        _draw_title(figure, simulation, policy_name)
        parts: Any = figure.subfigures(2, 1, height_ratios=(rows, 1.15))
        panels = parts[0].subplots(rows, 2, sharex="col", sharey="row")
        for column, scenario, results in zip(panels.T, simulation.scenarios, simulation.results, strict=True):
            _draw_typical(column, scenario, results)
        for row in panels[1:-1]:
            row[0].set_ylim(0, 1.25 * row[0].get_ylim()[1])  # leaves space for the legend
        _draw_all_rollouts(parts[1].subplots(1, 3), simulation)
        _save(figure, path)


def check_picture_path(path: Path) -> None:
    """Raise InvalidInputError for a path that cannot be drawn to, before the simulation starts."""
    if path.suffix.lower() not in _EXTENSIONS:
        raise InvalidInputError(f"{path} is neither a PNG nor an SVG file. Use a name that ends in .png or .svg.")
    if not path.parent.is_dir():
        raise InvalidInputError(
            f"{path} cannot be drawn: the folder {path.parent} does not exist. Create it: mkdir -p {path.parent}"
        )


def _save(figure: Figure, path: Path) -> None:
    try:
        figure.savefig(path, dpi=130, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be written: {error.strerror}. Give a writable path.") from error


def _draw_title(figure: Figure, simulation: Simulation, policy_name: str) -> None:
    report = simulation.report
    lines = f"{policy_name}: {format_plan(report)}", format_traffic(report)
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=11)


def _draw_typical(panels: Sequence[Axes], scenario: Scenario, results: Sequence[RolloutResult]) -> None:
    trace = trace_rollout(scenario, _most_typical(scenario, results).number)
    draw_rollout(panels, trace)
    ending, color = ending_of(trace)
    is_healthy = scenario.version == HEALTHY
    name = "healthy version" if is_healthy else f"version that {scenario.version.comparison}"
    panels[0].set_title(f"Typical {name}: {ending}", color=color)


def _most_typical(scenario: Scenario, results: Sequence[RolloutResult]) -> RolloutResult:
    """Return the median rollout by time and failed calls, of those with the desired ending if there are any."""
    desired = Move.FINISH if scenario.version == HEALTHY else Move.ROLL_BACK
    candidates = [result for result in results if result.move is desired] or results
    ranks = {result.number: (result.seconds, result.canary.bad) for result in candidates}
    median = median_low(ranks.values())
    return next(result for result in candidates if ranks[result.number] == median)


def _draw_all_rollouts(panels: Sequence[Axes], simulation: Simulation) -> None:
    endings, times, cost = panels
    _draw_endings(endings, simulation.report.healthy, simulation.report.bad)
    rollbacks = [result for result in simulation.results[1] if result.move is Move.ROLL_BACK]
    minutes = [result.seconds / 60 for result in rollbacks]
    _draw_histogram(times, "Bad version: time to rollback", "minutes since the first shift", minutes)
    kind, calls = "failed", [result.canary.bad for result in rollbacks]
    if simulation.scenarios[1].version.is_only_slow:
        kind, calls = "slow", [result.slow.bad for result in rollbacks]
    _draw_histogram(cost, f"Bad version: {kind} calls before rollback", f"{kind} calls on the canary", calls)


def _draw_endings(panel: Axes, healthy: VersionReport, bad: VersionReport) -> None:
    panel.set_title(f"Endings of {healthy.promoted.total:,} rollouts of each version")
    for row, (name, version) in enumerate((("bad", bad), ("healthy", healthy))):
        left, labels = 0.0, []
        for share, color, label in _endings(version):
            panel.barh(row, share.percent, left=left, color=color, height=0.4)
            left += share.percent
            labels += [f"{format_percent(share.percent)} {label}"] if share.count else []
        panel.text(0, row + 0.28, f"{name}: {', '.join(labels)}")
    panel.set_yticks([])
    panel.set_ylim(-0.4, 1.7)
    panel.set_xlim(0, 100)
    panel.set_xlabel("percent of rollouts")


def _endings(version: VersionReport) -> list[tuple[Share, str, str]]:
    return [
        (version.promoted, PROMOTED, "promoted"),
        (version.rolled_back, ROLLED_BACK, "rolled back"),
        (version.inconclusive, INCONCLUSIVE, "inconclusive"),
    ]


def _draw_histogram(panel: Axes, title: str, label: str, values: Sequence[float]) -> None:
    panel.set_title(title)
    panel.set_xlabel(label)
    panel.set_ylabel("rollouts")
    if distribution := distribution_of(values):
        panel.hist(values, bins=25, color=CANARY)
        for value, style, name in ((distribution.median, "-", "median"), (distribution.p90, "--", "90th percentile")):
            panel.axvline(value, 0, 0.74, color=STABLE, ls=style, label=f"{name} {value:,.0f}")
        panel.legend(loc="upper right", frameon=False)
        panel.set_ylim(top=1.35 * panel.get_ylim()[1])
        panel.set_xlim(left=0)
    else:
        panel.text(0.5, 0.5, "no rollback", ha="center", transform=panel.transAxes)
