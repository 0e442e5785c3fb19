"""Decides whether the canary's log is read after a rollback, and of which minutes."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import WrapValidator

from rollout.domain.enums import Outcome, Phase, Verdict
from rollout.domain.errors import InvalidDocumentError
from rollout.domain.validation import read_as
from rollout.judging.window import Timing
from rollout.lifecycle.rollback import Closing, none_if_invalid
from rollout.log_findings.lines import LONGEST_MINUTES, VersionSpan
from rollout.state.canary_logs import unread


class LogReading(Closing):
    """What ReadCanaryLogs needs of the document; its other fields may be invalid."""

    first_shift_at: Annotated[datetime | None, WrapValidator(none_if_invalid)] = None
    step_started_at: Annotated[datetime | None, WrapValidator(none_if_invalid)] = None
    log_groups: Annotated[tuple[str, ...] | None, WrapValidator(none_if_invalid)] = None

    @property
    def is_due(self) -> bool:
        """Whether the log can say why: the canary had traffic, was found unhealthy, and was rolled back.

        A rollout that a command, a freeze, a newer version or an error of a task ends says nothing against its canary.
        """
        return _is_due(self)

    @property
    def log_group_names(self) -> tuple[str, ...]:
        """The log groups of both versions; Lambda's default where the document has none."""
        return self.log_groups or (f"/aws/lambda/{self.target.function}",)

    @property
    def promoted_at(self) -> datetime | None:
        """Since when the alias served the canary alone; None where it never did."""
        return self.step_started_at if self.phase == Phase.BAKE else None

    def spans(self, now: datetime, timing: Timing) -> tuple[VersionSpan, VersionSpan]:
        """Return the minutes of the canary and of stable; raises ValueError for a canary without traffic.

        They are the same, up to the last minutes before `now`. Where stable had no calls in them, because the canary
        was promoted before, they are as many minutes up to the promotion.
        """
        if self.first_shift_at is None:
            raise ValueError("a canary without traffic has written no log")
        shared, promoted_at = timing.floor(self.first_shift_at), self.promoted_at
        earliest = now - timedelta(minutes=LONGEST_MINUTES)
        since, until = timing.floor(max(shared, earliest)), timing.ceiling(now)
        canary = VersionSpan(version=self.canary_version, since=since, until=until, alone_since=promoted_at)
        stable = VersionSpan(version=self.stable_version, since=since, until=until, alone_until=shared)
        if promoted_at is None or timing.floor(promoted_at) > since:
            return canary, stable
        end = timing.floor(promoted_at)
        return canary, stable.model_copy(update={"since": end - (until - since), "until": end})


def _is_due(closing: Closing) -> bool:
    is_unhealthy = closing.judgement is not None and closing.judgement.verdict is Verdict.UNHEALTHY
    was_rolled_back = closing.ending is not None and closing.ending.outcome is Outcome.ROLLED_BACK
    return is_unhealthy and was_rolled_back and closing.first_shift_at is not None


def with_reported_logs(closing: Closing, *, is_on: bool) -> Closing:
    """Return what is closed, and that the log was not read where ReadCanaryLogs left nothing although it was due."""
    if closing.canary_logs or not is_on or not _is_due(closing):
        return closing
    failed = unread(closing.canary_version, "ReadCanaryLogs failed, and its error is in the history of the execution")
    return closing.model_copy(update={"canary_logs": failed})


def read_log_reading(document: object) -> LogReading:
    """Return what ReadCanaryLogs needs. Raises InvalidDocumentError, which names each unreadable field."""
    return read_as(LogReading, document, "The document of the rollout", InvalidDocumentError)
