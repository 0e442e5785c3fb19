"""Rollouts without a canary: stable's own minutes before the first shift, split at the shares to come.

Blocks of consecutive minutes are drawn with replacement from the history, so that bursts that last, and the order of
calls and errors, stay as they were. The errors of a minute are split in whole clumps of the learned size, each wholly
on one side, and so are bursts that last: the harshest split that stable's history allows.
Source: Kuensch 1989 and Politis and Romano 1992 for the circular block bootstrap.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import log
from random import Random
from statistics import median

from rollout.domain.counts import Counts
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group
from rollout.evidence.spread import Bursts, possible_bursts

BLOCK = 10
"""Consecutive minutes that are drawn together: more than most bursts touch."""

ELEVATED = 2
"""A burst lasts as long as minutes have more than this many times stable's median of errors."""

_START = datetime(2026, 1, 1, tzinfo=UTC)


def split_minutes(
    random: Random, history: Sequence[Counts], shares: Sequence[float], dispersion: Dispersion, period_seconds: int
) -> list[Group]:
    """Return one rollout: the minutes with calls on both sides, the first one at the first share, from 0 to 1."""
    sides = Sides(random, dispersion, ELEVATED * median(counts.bad for counts in history))
    return [
        group
        for number, (counts, share) in enumerate(zip(_resampled(random, history), shares, strict=False))
        if (group := _split(random, counts, share, sides, _START + number * timedelta(seconds=period_seconds)))
    ]


def _resampled(random: Random, history: Sequence[Counts]) -> Iterator[Counts]:
    while True:
        first = random.randrange(len(history))
        yield from (history[(first + number) % len(history)] for number in range(BLOCK))


def _split(random: Random, counts: Counts, share: float, sides: "Sides", start: datetime) -> Group | None:
    canary = int(counts.calls * share + random.random())
    stable = counts.calls - canary
    if not canary or not stable:
        return None
    on_canary = sides.split(counts.bad, share, start) if counts.bad else 0
    bad = min(max(on_canary, counts.bad - stable), canary)
    return Group(1, canary, bad, stable, counts.bad - bad, start)


class Sides:
    """Which side each clump of a rollout is on."""

    def __init__(self, random: Random, dispersion: Dispersion, most_usual: float) -> None:
        self._random = random
        self._run = timedelta(seconds=dispersion.run_seconds)
        # The next minute starts within this time.
        self._period = timedelta(seconds=1.5 * dispersion.period_seconds)
        self._most_usual = most_usual
        # A geometric size of mean m is 1 + floor(ln U / ln(1 - 1/m)). Where the judge knows no whole bursts, errors
        # come one by one.
        mean = 1 + dispersion.burst_size if Bursts.WHOLE in possible_bursts(dispersion) else 1.0
        self._log_next = log(1 - 1 / mean) if mean > 1 else 0.0
        self._drawn: list[float] = []
        self._run_ends = _START

    def split(self, errors: int, share: float, start: datetime) -> int:
        """Return how many errors of the minute at `start` the canary has.

        In minutes of one run, the clumps of the same place in their minutes are on the same side: an environment that
        fails for two minutes serves one version. Where bursts may last, a run goes on while errors stay elevated.
        """
        if start >= self._run_ends:
            self._drawn, self._run_ends = [], start + self._run
        if self._run and errors > self._most_usual:
            self._run_ends = max(self._run_ends, start + self._period)
        on_canary = clump = 0
        while errors:
            size = min(self._size(), errors)
            errors -= size
            if self._draw(clump) < share:
                on_canary += size
            clump += 1
        return on_canary

    def _size(self) -> int:
        return 1 + int(log(1 - self._random.random()) / self._log_next) if self._log_next else 1

    def _draw(self, clump: int) -> float:
        if clump == len(self._drawn):
            self._drawn.append(self._random.random())
        return self._drawn[clump]
