"""Compares how often two versions log each error."""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from rollout.domain.enums import LogChange
from rollout.log_findings.lines import LogLine, VersionLines
from rollout.log_findings.masking import mask
from rollout.log_findings.read_line import ErrorLine, read_line
from rollout.log_findings.signature import signature_of

LEAST_RATIO = 2.0
"""How many times as often as stable, per call, the canary has to log an error that counts as more frequent."""
MOST_CHANCE = 0.01
"""The greatest probability with which two equal versions may differ as much."""


class Occurrence(NamedTuple):
    """An error in a line, with everything masked."""

    line: LogLine
    error: ErrorLine


class Group(NamedTuple):
    """The lines of both versions that have one signature."""

    signature: str
    canary: Sequence[Occurrence]
    stable: int


class Compared(NamedTuple):
    """A group that the canary logs more often than stable, or that cannot be compared."""

    group: Group
    change: LogChange


def groups_of(canary: VersionLines, stable: VersionLines) -> list[Group]:
    """Return the errors of the canary by signature, in the order in which they first occur, with stable's count."""
    found: dict[str, list[Occurrence]] = {}
    for signature, occurrence in _occurrences(canary.lines):
        found.setdefault(signature, []).append(occurrence)
    counts: dict[str, int] = {}
    for signature, _ in _occurrences(stable.lines):
        counts[signature] = counts.get(signature, 0) + 1
    return [Group(signature, lines, counts.get(signature, 0)) for signature, lines in found.items()]


def _occurrences(lines: Iterable[LogLine]) -> Iterable[tuple[str, Occurrence]]:
    masked_once = cache(mask)  # many lines have the same type, message and place
    for line in lines:
        error = read_line(line.text)
        if error:
            masked = ErrorLine(*map(masked_once, error))
            yield signature_of(masked.format()), Occurrence(line, masked)


def compare(canary: VersionLines, stable: VersionLines) -> list[Compared]:
    """Return the errors that are new or more frequent, or cannot be compared: the new ones first, then by lines."""
    changes = ((group, _change(group, canary, stable)) for group in groups_of(canary, stable))
    compared = [Compared(group, change) for group, change in changes if change]
    order = [*LogChange]
    return sorted(compared, key=lambda each: (order.index(each.change), -len(each.group.canary)))


def _change(group: Group, canary: VersionLines, stable: VersionLines) -> LogChange | None:
    """Return how the frequency of an error changed; None where the canary logs it about as often as stable."""
    if stable.note or stable.calls == 0:
        return LogChange.NOT_COMPARED
    if group.stable == 0:
        return LogChange.NEW
    if canary.calls is None or stable.calls is None or canary.calls == 0:
        return LogChange.NOT_COMPARED
    lines, others = len(group.canary) * canary.scale, group.stable * stable.scale
    is_often = lines * stable.calls >= LEAST_RATIO * others * canary.calls
    share = canary.calls / (canary.calls + stable.calls)
    is_sure = _chance_of_at_least(round(lines), round(lines + others), share) <= MOST_CHANCE
    return LogChange.MORE_FREQUENT if is_often and is_sure else None


def _chance_of_at_least(hits: int, trials: int, share: float) -> float:
    """Return an upper bound of the probability that a binomial variable is at least `hits` (Hoeffding 1963)."""
    rate = hits / trials
    if rate <= share:
        return 1.0
    divergence = rate * math.log(rate / share)
    if rate < 1:
        divergence += (1 - rate) * math.log((1 - rate) / (1 - share))
    return math.exp(-trials * divergence)
