"""What the examination of a stack finds."""

from collections.abc import Iterable
from enum import StrEnum

from rollout.domain.models import Value
from rollout.domain.text import Sentence, format_count


class Grade(StrEnum):
    """How good a finding is. What cannot be read is unknown, which is never good."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


class Check(StrEnum):
    """What is examined."""

    TRAIL = "trail"
    PUBLISHED_VERSIONS = "published versions"
    OPTED_IN_FUNCTIONS = "opted-in functions"
    HOOKS = "hooks"
    GUARDIAN = "guardian"
    OWN_ERRORS = "errors of the stack"
    THROTTLES = "throttled calls"
    CONCURRENCY = "concurrency"
    ALARMS = "alarms"
    ALARM_SUBSCRIPTIONS = "alarm subscriptions"
    NOTIFICATIONS = "notifications"
    DASHBOARD = "dashboard"
    FREEZE = "freeze"


class Finding(Value):
    """One thing that a stack needs, and how it is."""

    check: Check
    grade: Grade
    found: Sentence
    """A sentence with its numbers."""
    fix: str = ""
    """The command or the edit that helps; empty for what is good."""


def good(check: Check, found: str) -> Finding:
    return Finding(check=check, grade=Grade.GOOD, found=found)


def warning(check: Check, found: str, fix: str) -> Finding:
    return Finding(check=check, grade=Grade.WARNING, found=found, fix=fix)


def bad(check: Check, found: str, fix: str) -> Finding:
    return Finding(check=check, grade=Grade.BAD, found=found, fix=fix)


def unknown(check: Check, reason: str) -> Finding:
    """Return the finding for what could not be read, with the error that says what is missing."""
    return Finding(
        check=check,
        grade=Grade.UNKNOWN,
        found=f"It is not known: {reason}",
        fix="Grant the role of ExamineStack what the message names, or run the check again when AWS works normally.",
    )


def summarize(findings: Iterable[Finding]) -> str:
    """Return how many findings have each grade, such as `9 good, 2 warnings, 1 bad, 0 unknown`."""
    grades = [finding.grade for finding in findings]
    count = {grade: grades.count(grade) for grade in Grade}
    warnings = format_count(count[Grade.WARNING], "warning")
    return f"{count[Grade.GOOD]} good, {warnings}, {count[Grade.BAD]} bad, {count[Grade.UNKNOWN]} unknown"
