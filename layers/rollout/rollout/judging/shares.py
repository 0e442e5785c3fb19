"""The canary's share of the alias in each minute, from the shifts in the rollout's document."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from rollout.domain.enums import Phase
from rollout.domain.models import Value
from rollout.evidence.missing_share import SharedMinute
from rollout.evidence.series import Minute
from rollout.judging.window import Timing
from rollout.state.rollout import Rollout, Shift


class ShareSpan(Value):
    """The minutes that lie wholly in one step, and the canary's share in them."""

    start: datetime
    end: datetime | None = None
    """None while the step lasts."""
    percent: float


def share_spans(rollout: Rollout, timing: Timing) -> tuple[ShareSpan, ...]:
    """Return the spans of every step so far; none in the bake, in which the alias serves the canary alone.

    The minute of a shift belongs to no span, because its calls belong to two shares.
    """
    if rollout.phase is Phase.BAKE:
        return ()
    shifts = [*_shifts(rollout)]
    ends = [*(timing.floor(after.at) for _, after in pairwise(shifts)), None]
    return tuple(
        ShareSpan(start=timing.first_whole_period(shift.at), end=end, percent=shift.percent)
        for shift, end in zip(shifts, ends, strict=True)
    )


def _shifts(rollout: Rollout) -> Iterator[Shift]:
    """Yield the shifts in order of time; a document from before they were recorded has only that of its step."""
    if rollout.shifts:
        yield from rollout.shifts
    elif rollout.step_started_at:
        yield Shift(at=rollout.step_started_at, percent=rollout.percent)


def shared_minutes(minutes: Sequence[Minute], spans: Iterable[ShareSpan]) -> list[SharedMinute]:
    """Return the calls of the minutes that have one share; both are in order of time."""
    shared: list[SharedMinute] = []
    for span in spans:
        first = bisect_left(minutes, span.start, key=_start)
        end = bisect_left(minutes, span.end, key=_start) if span.end else len(minutes)
        weight = span.percent / 100
        shared += [SharedMinute(each.canary.calls, each.stable.calls, weight) for each in minutes[first:end]]
    return shared


def _start(minute: Minute) -> datetime:
    return minute.start
