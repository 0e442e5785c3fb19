"""Draws a simulation: one typical rollout of each version, and what became of all of them."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median_low
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rollout.domain.enums import Move
from simulator import wording
from simulator.files import UnreadableError
from simulator.shares import Share, spread
from simulator.simulate import table
from simulator.simulate.load import HEALTHY
from simulator.simulate.report import Fate
from simulator.simulate.scene import BACK, CANARY, PROMOTED, STABLE, WITHOUT, draw_scene, ending
from simulator.simulate.simulate import Simulated
from simulator.simulate.trial import Played, Question, film

_TYPES = {".png", ".svg"}
_STYLE: dict[Any, object] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": STABLE,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "legend.borderaxespad": 0,
    "svg.hashsalt": "rollouts",  # the same picture each time
}


def draw(simulated: Simulated, name: str, path: Path) -> None:
    """Draw a simulation into a file; raises UnreadableError where that cannot be."""
    with rc_context(_STYLE):
        rows = 3 if simulated.report.slow_percent is None else 4
        figure = Figure(figsize=(11, 10 + 2.4 * (rows - 3)), layout="constrained")
        _title(figure, simulated, name)
        parts: Any = figure.subfigures(2, 1, height_ratios=(rows, 1.15))
        panels = parts[0].subplots(rows, 2, sharex="col", sharey="row")
        for column, question, played in zip(panels.T, simulated.questions, simulated.played, strict=True):
            _typical(column, question, played)
        for row in panels[1:-1]:
            row[0].set_ylim(0, 1.25 * row[0].get_ylim()[1])  # room for the legend
        _all_of_them(parts[1].subplots(1, 3), simulated)
        _save(figure, path)


def refuse_other_pictures(path: Path) -> None:
    """Raise UnreadableError for a file that could not be drawn into, before anything else takes its time."""
    if path.suffix.lower() not in _TYPES:
        raise UnreadableError(f"{path} is neither PNG nor SVG by its name: call it .png or .svg.")
    if not path.parent.is_dir():
        raise UnreadableError(f"{path} cannot be drawn: there is no folder {path.parent}.")


def _save(figure: Figure, path: Path) -> None:
    try:
        figure.savefig(path, dpi=130, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be written: {error.strerror}.") from error


def _title(figure: Figure, simulated: Simulated, name: str) -> None:
    report = simulated.report
    lines = f"{name}: {table.plan(report)}", table.traffic(report)
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=11)


def _typical(axes: Sequence[Axes], question: Question, played: Sequence[Played]) -> None:
    shown = film(question, _most_typical(question, played).number)
    draw_scene(axes, shown)
    end, color = ending(shown)
    is_healthy = question.version == HEALTHY
    kind = "A typical healthy version" if is_healthy else f"One that {question.version.worse}"
    axes[0].set_title(f"{kind}: {end}", color=color)


def _most_typical(question: Question, played: Sequence[Played]) -> Played:
    """Return the rollout in the middle of those that ended as they should, or else of all."""
    wanted = Move.FINISH if question.version == HEALTHY else Move.ROLL_BACK
    asked = [one for one in played if one.move is wanted] or played
    ranked = {one.number: (one.seconds, one.canary.bad) for one in asked}
    middle = median_low(ranked.values())
    return next(one for one in asked if ranked[one.number] == middle)


def _all_of_them(axes: Sequence[Axes], simulated: Simulated) -> None:
    outcomes, times, cost = axes
    _outcomes(outcomes, simulated.report.healthy, simulated.report.bad)
    back = [one for one in simulated.played[1] if one.move is Move.ROLL_BACK]
    _histogram(times, "How soon the bad one is back", "minutes since the first shift", [o.seconds / 60 for o in back])
    kind, bad = "failed", [one.canary.bad for one in back]
    if simulated.questions[1].version.is_slow_alone:
        kind, bad = "slow", [one.slow.bad for one in back]
    _histogram(cost, "What it has cost by then", f"{kind} calls on the canary", bad)


def _outcomes(panel: Axes, healthy: Fate, bad: Fate) -> None:
    panel.set_title(f"What became of {healthy.promoted.of:,} rollouts of each")
    for row, (kind, fate) in enumerate((("bad", bad), ("healthy", healthy))):
        left, told = 0.0, []
        for share, color, word in _parts(fate):
            panel.barh(row, share.percent, left=left, color=color, height=0.4)
            left += share.percent
            told += [f"{wording.percent(share.percent)} {word}"] if share.count else []
        panel.text(0, row + 0.28, f"{kind}: {', '.join(told)}")
    panel.set_yticks([])
    panel.set_ylim(-0.4, 1.7)
    panel.set_xlim(0, 100)
    panel.set_xlabel("percent of rollouts")


def _parts(fate: Fate) -> list[tuple[Share, str, str]]:
    return [
        (fate.promoted, PROMOTED, "promoted"),
        (fate.rolled_back, BACK, "taken back"),
        (fate.without_calls, WITHOUT, "given up"),
    ]


def _histogram(panel: Axes, title: str, told: str, values: Sequence[float]) -> None:
    panel.set_title(title)
    panel.set_xlabel(told)
    panel.set_ylabel("rollouts")
    if within := spread(values):
        panel.hist(values, bins=25, color=CANARY)
        panel.axvline(within.half, 0, 0.74, color=STABLE, ls="-", label=f"half within {within.half:,.0f}")
        panel.axvline(
            within.nine_in_ten, 0, 0.74, color=STABLE, ls="--", label=f"nine in ten within {within.nine_in_ten:,.0f}"
        )
        panel.legend(loc="upper right", frameon=False)
        panel.set_ylim(top=1.35 * panel.get_ylim()[1])
        panel.set_xlim(left=0)
    else:
        panel.text(0.5, 0.5, "never", ha="center", transform=panel.transAxes)
