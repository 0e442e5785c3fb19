"""Draws one rollout over time: the canary's share, both versions' bad calls, and the evidence against its limit."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from matplotlib.axes import Axes

from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Phase
from rollout.evidence.series import Minute
from simulator.simulate.one_rollout import RolloutTrace

STABLE, CANARY, LIMIT, BAKE = "#8c959f", "#0969da", "#cf222e", "#eaeef2"
PROMOTED, ROLLED_BACK, INCONCLUSIVE = "#1a7f37", "#cf222e", "#bf8700"
_ENDINGS = {
    Move.FINISH: ("promoted", PROMOTED),
    Move.ROLL_BACK: ("rolled back", ROLLED_BACK),
    Move.HAND_OVER: ("handed over", INCONCLUSIVE),
}
_MIN_EVIDENCE, _MAX_EVIDENCE = 0.001, 1e9
"""The range that the evidence panel shows."""


def draw_rollout(panels: Sequence[Axes], trace: RolloutTrace) -> None:
    """Draw a rollout into three panels with a common time axis, or into four, the third for slow calls."""
    share, errors, *slow, evidence = panels
    _draw_share(share, trace)
    _draw_bad_calls(errors, trace, trace.traffic.minutes, "failed calls, %")
    for panel in slow:
        _draw_bad_calls(panel, trace, trace.traffic.slow_minutes, "slow calls, %")
    _draw_evidence(evidence, trace)
    for panel in panels:
        _draw_frame(panel, trace)
    last = trace.evaluations[-1]
    if last.rollout.phase is Phase.BAKE:
        share.text(_minutes_since_start(trace, last.at), 4, "bake ", ha="right", color=STABLE)
    evidence.set_xlabel("minutes since the first shift")


def ending_of(trace: RolloutTrace) -> tuple[str, str]:
    """Return the ending of a rollout, and its colour."""
    return _ENDINGS[trace.evaluations[-1].move]


def _draw_share(panel: Axes, trace: RolloutTrace) -> None:
    changes = [*_share_changes(trace)]
    panel.step([at for at, _ in changes], [percent for _, percent in changes], where="post", color=CANARY, lw=2)
    panel.set_ylim(-4, 108)
    panel.set_ylabel("canary's share, %")


def _share_changes(trace: RolloutTrace) -> Iterator[tuple[float, float]]:
    """Yield each change of the canary's share as minutes and percent, then the last share at the right edge."""
    percent = 0.0
    for shift_at, percent in trace.traffic.shifts:
        yield max(_minutes_since_start(trace, shift_at), 0), percent
    last = trace.evaluations[-1]
    percent = 0.0 if last.move is Move.ROLL_BACK else percent
    yield _minutes_since_start(trace, last.at), percent
    yield _right_edge(trace), percent


def _draw_bad_calls(panel: Axes, trace: RolloutTrace, minutes: Sequence[Minute], label: str) -> None:
    last_start = trace.evaluations[-1].at - timedelta(minutes=1)
    complete = [minute for minute in minutes if trace.start <= minute.start <= last_start]
    at = [_minutes_since_start(trace, minute.start) + 0.5 for minute in complete]
    _draw_line(panel, at, [_bad_percent(minute.stable) for minute in complete], STABLE, "stable")
    _draw_line(panel, at, [_bad_percent(minute.canary) for minute in complete], CANARY, "canary")
    panel.set_ylabel(label)
    panel.legend(loc="upper left", frameon=False, ncols=2)


def _bad_percent(counts: Counts) -> float:
    return counts.bad_percent if counts.calls else math.nan


def _draw_evidence(panel: Axes, trace: RolloutTrace) -> None:
    shifting = [evaluation for evaluation in trace.evaluations if evaluation.rollout.phase is Phase.SHIFTING]
    judged = [(each.at, each.rollout.judgement) for each in shifting if each.rollout.judgement]
    values = [min(max(judgement.evidence, _MIN_EVIDENCE), _MAX_EVIDENCE) for _, judgement in judged]
    _draw_line(panel, [_minutes_since_start(trace, at) for at, _ in judged], values, CANARY, "evidence")
    limit = judged[-1][1].evidence_limit if judged else 1
    panel.axhline(limit, color=LIMIT, lw=1, ls="--")
    panel.text(0.01, limit * 1.3, f"limit {limit:,.6g}", color=LIMIT, transform=panel.get_yaxis_transform())
    panel.set_yscale("log")
    panel.set_ylabel("evidence against the canary")


def _draw_line(panel: Axes, at: list[float], values: list[float], color: str, label: str) -> None:
    panel.plot(at, values, color=color, lw=1.2, marker="o", ms=3, label=label)


def _draw_frame(panel: Axes, trace: RolloutTrace) -> None:
    end = _minutes_since_start(trace, trace.evaluations[-1].at)
    for evaluation in trace.evaluations:
        if evaluation.move is Move.PROMOTE and evaluation.rollout.policy.bake:
            panel.axvspan(_minutes_since_start(trace, evaluation.at), end, color=BAKE, zorder=0, lw=0)
    panel.axvline(end, color=ending_of(trace)[1], lw=1.5)
    panel.set_xlim(-0.02 * _right_edge(trace), _right_edge(trace))


def _right_edge(trace: RolloutTrace) -> float:
    return _minutes_since_start(trace, trace.evaluations[-1].at) * 1.04 + 0.2


def _minutes_since_start(trace: RolloutTrace, at: datetime) -> float:
    return (at - trace.start).total_seconds() / 60
