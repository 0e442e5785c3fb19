"""A replay on a terminal: move by move, then how it ends, then what a replay cannot know."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Console
from rich.text import Text

from rollout.domain.enums import Move, Outcome
from simulator.replay.replay import LookTold, Replay, Stage
from simulator.wording import left_out

_LEGEND = (
    "A replay knows what this policy would have made of these minutes. It cannot know which calls another share would"
    " have brought, nor what callers would have done after another ending."
)
_COLOURS = {Outcome.PROMOTED: "green", Outcome.ROLLED_BACK: "red", Outcome.HANDED_OVER: "yellow", None: "yellow"}


def show(console: Console, title: str, told: Replay, *, every_look: bool = False) -> None:
    """Print a replay."""
    console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(f"{told.first_shift_at:%Y-%m-%d}, times in UTC")
    console.print()
    console.print(f"{told.first_shift_at:%H:%M:%S}  shift to {told.policy.steps[0].percent:g} %", soft_wrap=True)
    for line, reason in _lines(told, every_look=every_look):
        console.print(line, soft_wrap=True)
        console.print(Text(f"          {reason}", style="dim"), soft_wrap=True)
    console.print()
    unasked = [left_out(told.left_out, "this recording")] if told.left_out else []
    for sentence in [*_shares(told), *unasked, _LEGEND]:
        console.print(sentence, soft_wrap=True)
    console.print()
    console.print(Text(ending(told), style=f"bold {_COLOURS[told.outcome]}"), soft_wrap=True)


def ending(told: Replay) -> str:
    """Return how it ends, in one line."""
    canary, after = told.canary, told.canary_after
    said = f"{_outcome(told)} By then {canary.bad:,} of {canary.calls:,} calls on the canary had failed"
    said = f"{said}; in the recording {after.bad:,} of {after.calls:,} more did."
    if told.slow and told.slow_after:
        said += f" {told.slow.bad:,} had been slow, and {told.slow_after.bad:,} more were."
    return said


def _outcome(told: Replay) -> str:
    match told.outcome:
        case Outcome.ROLLED_BACK:
            return f"Taken back at {told.ended_at:%H:%M:%S}."
        case Outcome.PROMOTED:
            return f"Promoted for good at {told.ended_at:%H:%M:%S}."
        case Outcome.HANDED_OVER:
            return f"Left to a person at {told.ended_at:%H:%M:%S}."
    return f"Not decided: the recording of the canary ends at {told.recorded_until:%H:%M:%S}, before the policy does."


def _lines(told: Replay, *, every_look: bool) -> Iterator[tuple[str, str]]:
    for is_wait, evaluations in groupby(told.evaluations, key=lambda look: look.move is Move.WAIT):
        shown = [*evaluations]
        if is_wait and not every_look:
            count = f"{len(shown)} looks" if len(shown) > 1 else "1 look"
            yield f"{shown[-1].at:%H:%M:%S}  wait, {count} since {shown[0].at:%H:%M:%S}", shown[-1].reason
        else:
            yield from ((f"{look.at:%H:%M:%S}  {_move(told, look)}", look.reason) for look in shown)


def _move(told: Replay, look: LookTold) -> str:
    match look.move:
        case Move.SHIFT:
            return f"shift to {told.policy.steps[look.step].percent:g} %"
        case Move.PROMOTE:
            return "promote: the canary alone, and the bake begins"
        case Move.FINISH:
            return "finish: the bake is over"
    return look.move.replace("_", " ")


def _shares(told: Replay) -> Iterator[str]:
    for stage in told.stages:
        if not stage.is_as_recorded:
            yield _share(stage)


def _share(stage: Stage) -> str:
    fewer = "fewer" if stage.recorded_percent < stage.percent else "more"
    return (
        f"From {stage.since:%H:%M:%S} to {stage.until:%H:%M:%S} the policy gives the canary {stage.percent:g} %, and"
        f" {stage.recorded_percent:.3g} % were recorded: it is judged on {fewer} calls than it would have had."
    )
