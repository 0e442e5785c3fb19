"""The log lines of a version, as a query returns them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from rollout.domain.models import Value

LONGEST_MINUTES = 30
"""The most minutes that are read, the last ones: CloudWatch bills each query by the bytes in its minutes."""

QUERY_WORDS = "error|exception|fatal|critical|severe|warn|panic|traceback|timed out|timeout|runtime exited"
"""What the query looks for in a line, in any case: every line of an error has one of these."""


class LogLine(NamedTuple):
    """A line of a log, with the name of its stream; the text may be cut at its end."""

    at: datetime
    stream: str
    text: str
    request_id: str = ""
    """The request that wrote it, if another line of its stream names it."""


class VersionSpan(Value):
    """The minutes of a version that are read."""

    version: str
    since: datetime
    until: datetime
    alone_since: datetime | None = None
    """Since when the alias serves this version alone, if it does at the end of the rollout."""
    alone_until: datetime | None = None
    """Until when the alias served this version alone, if it did before the rollout."""

    def is_alone(self, at: datetime) -> bool:
        """Whether every call of the alias in the minute from `at` is one of this version."""
        is_before = self.alone_until is not None and at < self.alone_until
        return is_before or (self.alone_since is not None and at >= self.alone_since)

    def count_calls(self, by_version: Mapping[datetime, float], alias: Mapping[datetime, float]) -> int | None:
        """Return the version's calls by the counts of each minute; None where there are none of the alias either.

        An alias that serves one version has no counts by version, so its own count there.
        """
        if not by_version and not alias:
            return None
        unsplit = {at: calls for at, calls in alias.items() if at not in by_version and self.is_alone(at)}
        return round(sum(by_version.values()) + sum(unsplit.values()))


class VersionLines(VersionSpan):
    """The error lines of one version in its minutes, and what is known of them."""

    log_groups: tuple[str, ...] = ()
    lines: tuple[LogLine, ...] = ()
    """The first lines, in order of time."""
    matched: int = 0
    """How many lines the query found; more than `lines` if it was cut off."""
    calls: int | None = None
    """The version's calls in these minutes; None if they are not known."""
    note: str = ""
    """Why its lines are not known, as a sentence part; empty if they are."""

    @property
    def is_cut_off(self) -> bool:
        """Whether the log has more lines than were read."""
        return self.matched > len(self.lines)

    @property
    def scale(self) -> float:
        """How many lines of the log each line that was read stands for, 1 or more."""
        return max(self.matched / len(self.lines), 1) if self.lines else 1
