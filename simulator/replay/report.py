"""Prints a replay on a terminal: its moves, the limits of a replay, and the ending."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Console
from rich.text import Text

from rollout.domain.enums import Move, Outcome
from simulator.replay.replay import Replay, ReplayedEvaluation, ShareComparison
from simulator.wording import GATES_PASSED, HOOKS_PASSED, format_unsupported

_LIMITS = (
    "A replay shows what the policy decides on the recorded calls. It does not show the calls that another share would"
    " have produced, or what callers would have done after another ending."
)
_COLOURS = {Outcome.PROMOTED: "green", Outcome.ROLLED_BACK: "red", Outcome.HANDED_OVER: "yellow", None: "yellow"}


def print_replay(console: Console, title: str, replay: Replay, *, all_evaluations: bool = False) -> None:
    """Print a replay; a run of evaluations that only wait is one line unless all evaluations are requested."""
    console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(f"{replay.first_shift_at:%Y-%m-%d}, times in UTC")
    console.print()
    console.print(f"{replay.first_shift_at:%H:%M:%S}  shift to {replay.policy.steps[0].percent:g} %", soft_wrap=True)
    for line, reason in _lines(replay, all_evaluations=all_evaluations):
        console.print(line, soft_wrap=True)
        console.print(Text(f"          {reason}", style="dim"), soft_wrap=True)
    console.print()
    for sentence in _limits(replay):
        console.print(sentence, soft_wrap=True)
    console.print()
    console.print(Text(format_ending(replay), style=f"bold {_COLOURS[replay.outcome]}"), soft_wrap=True)


def format_ending(replay: Replay) -> str:
    """Return the ending, and the canary's bad calls before and after it, in one line."""
    canary, after = replay.canary, replay.canary_after
    text = (
        f"{_format_outcome(replay)} By then {canary.bad:,} of {canary.calls:,} canary calls had failed;"
        f" in the rest of the recording {after.bad:,} of {after.calls:,} fail."
    )
    if replay.slow and replay.slow_after:
        text += (
            f" By then {replay.slow.bad:,} calls had been slow; in the rest of the recording {replay.slow_after.bad:,}"
            " are slow."
        )
    return text


def _format_outcome(replay: Replay) -> str:
    match replay.outcome:
        case Outcome.ROLLED_BACK:
            return f"Rolled back at {replay.ended_at:%H:%M:%S}."
        case Outcome.PROMOTED:
            return f"Promoted, and the bake finished at {replay.ended_at:%H:%M:%S}."
        case Outcome.HANDED_OVER:
            return f"Handed over at {replay.ended_at:%H:%M:%S}."
    return f"No decision: the canary's recording ends at {replay.recorded_until:%H:%M:%S}, before the policy does."


def _lines(replay: Replay, *, all_evaluations: bool) -> Iterator[tuple[str, str]]:
    for is_wait, group in groupby(replay.evaluations, key=lambda evaluation: evaluation.move is Move.WAIT):
        evaluations = [*group]
        if is_wait and not all_evaluations:
            yield _format_wait(evaluations), evaluations[-1].reason
        else:
            for evaluation in evaluations:
                yield f"{evaluation.at:%H:%M:%S}  {_format_move(replay, evaluation)}", evaluation.reason


def _format_wait(evaluations: list[ReplayedEvaluation]) -> str:
    count = f"{len(evaluations)} evaluations" if len(evaluations) > 1 else "1 evaluation"
    return f"{evaluations[-1].at:%H:%M:%S}  wait, {count} since {evaluations[0].at:%H:%M:%S}"


def _format_move(replay: Replay, evaluation: ReplayedEvaluation) -> str:
    match evaluation.move:
        case Move.SHIFT:
            return f"shift to {replay.policy.steps[evaluation.step].percent:g} %"
        case Move.PROMOTE:
            return "promote to 100 %, and begin the bake"
        case Move.FINISH:
            return "finish: the bake is over"
    return evaluation.move.replace("_", " ")


def _limits(replay: Replay) -> Iterator[str]:
    for share in replay.shares:
        if not share.is_as_recorded:
            yield _format_share(share)
    if replay.policy.has_gates:
        yield GATES_PASSED
    if replay.policy.called_hooks:
        yield HOOKS_PASSED
    if replay.unsupported_metrics:
        yield format_unsupported(replay.unsupported_metrics, "Not in the recording")
    yield _LIMITS


def _format_share(share: ShareComparison) -> str:
    comparison = "fewer" if share.recorded_percent < share.policy_percent else "more"
    return (
        f"From {share.since:%H:%M:%S} to {share.until:%H:%M:%S} the policy gives the canary {share.policy_percent:g} %,"
        f" but the recording has {share.recorded_percent:.3g} %: the canary is judged on {comparison} calls than the"
        " policy's share would produce."
    )
