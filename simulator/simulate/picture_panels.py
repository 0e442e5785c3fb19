"""Draws one rollout over time: the canary's share, both versions' bad calls, and the evidence against its limit."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from matplotlib.axes import Axes

from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Phase
from rollout.evidence.series import Minute
from simulator.simulate.trial import Film

STABLE, CANARY, LIMIT, BAKE = "#8c959f", "#0969da", "#cf222e", "#eaeef2"
PROMOTED, BACK, WITHOUT = "#1a7f37", "#cf222e", "#bf8700"
_ENDS = {
    Move.FINISH: ("promoted", PROMOTED),
    Move.ROLL_BACK: ("taken back", BACK),
    Move.HAND_OVER: ("handed over", WITHOUT),
}
_LEAST_SHOWN, _MOST_SHOWN = 0.001, 1e9


def draw_scene(axes: Sequence[Axes], played: Film) -> None:
    """Draw a rollout into three panels that share their time, or four, the third for slow calls."""
    share, errors, *slow, evidence = axes
    _share(share, played)
    _bad_calls(errors, played, played.traffic.minutes, "failed calls, %")
    for panel in slow:
        _bad_calls(panel, played, played.traffic.slow_minutes, "slow calls, %")
    _evidence(evidence, played)
    for panel in axes:
        _frame(panel, played)
    if played.evaluations[-1].rollout.phase is Phase.BAKE:
        share.text(_minutes(played, played.evaluations[-1].at), 4, "bake ", ha="right", color=STABLE)
    evidence.set_xlabel("minutes since the first shift")


def ending(played: Film) -> tuple[str, str]:
    """Return how a rollout ended, and the colour of that ending."""
    return _ENDS[played.evaluations[-1].move]


def _share(panel: Axes, played: Film) -> None:
    changes = [*_changes(played)]
    panel.step([at for at, _ in changes], [percent for _, percent in changes], where="post", color=CANARY, lw=2)
    panel.set_ylim(-4, 108)
    panel.set_ylabel("canary's share, %")


def _changes(played: Film) -> Iterator[tuple[float, float]]:
    """Yield when the canary's share changed, and to what percent; at last, that it stays so."""
    percent = 0.0
    for shift_at, percent in played.traffic.shares:
        yield max(_minutes(played, shift_at), 0), percent
    last = played.evaluations[-1]
    percent = 0.0 if last.move is Move.ROLL_BACK else percent
    yield _minutes(played, last.at), percent
    yield _right_edge(played), percent


def _bad_calls(panel: Axes, played: Film, minutes: Sequence[Minute], told: str) -> None:
    last_start = played.evaluations[-1].at - timedelta(minutes=1)
    whole = [minute for minute in minutes if played.start <= minute.start <= last_start]
    at = [_minutes(played, minute.start) + 0.5 for minute in whole]
    _dots(panel, at, [_percent(minute.stable) for minute in whole], STABLE, "stable")
    _dots(panel, at, [_percent(minute.canary) for minute in whole], CANARY, "canary")
    panel.set_ylabel(told)
    panel.legend(loc="upper left", frameon=False, ncols=2)


def _percent(health: Counts) -> float:
    return health.bad_percent if health.calls else math.nan


def _evidence(panel: Axes, played: Film) -> None:
    evaluations = [look for look in played.evaluations if look.rollout.phase is Phase.SHIFTING]
    judged = [(look.at, look.rollout.judgement) for look in evaluations if look.rollout.judgement]
    shown = [min(max(judgement.evidence, _LEAST_SHOWN), _MOST_SHOWN) for _, judgement in judged]
    _dots(panel, [_minutes(played, at) for at, _ in judged], shown, CANARY, "evidence")
    limit = judged[-1][1].evidence_limit if judged else 1
    panel.axhline(limit, color=LIMIT, lw=1, ls="--")
    panel.text(0.01, limit * 1.3, f"limit {limit:,.6g}", color=LIMIT, transform=panel.get_yaxis_transform())
    panel.set_yscale("log")
    panel.set_ylabel("evidence against it")


def _dots(panel: Axes, at: list[float], values: list[float], color: str, label: str) -> None:
    panel.plot(at, values, color=color, lw=1.2, marker="o", ms=3, label=label)


def _frame(panel: Axes, played: Film) -> None:
    end = _minutes(played, played.evaluations[-1].at)
    for look in played.evaluations:
        if look.move is Move.PROMOTE and look.rollout.policy.bake:
            panel.axvspan(_minutes(played, look.at), end, color=BAKE, zorder=0, lw=0)
    panel.axvline(end, color=ending(played)[1], lw=1.5)
    panel.set_xlim(-0.02 * _right_edge(played), _right_edge(played))


def _right_edge(played: Film) -> float:
    return _minutes(played, played.evaluations[-1].at) * 1.04 + 0.2


def _minutes(played: Film, at: datetime) -> float:
    return (at - played.start).total_seconds() / 60
