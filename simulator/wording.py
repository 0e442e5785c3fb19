"""Formats the numbers and names that several reports print."""

from collections.abc import Sequence

from simulator.shares import Distribution, Share

_MINUTE = 60


def format_percent(value: float) -> str:
    """Return a percentage with one decimal, and with more where rounding would show exactly 0 or 100."""
    rounded = f"{value:.1f}".removesuffix(".0")
    hides_difference = rounded in {"0", "100"} and float(rounded) != value
    return f"{value:.4g} %" if hides_difference else f"{rounded} %"


def format_share(share: Share) -> str:
    """Return a share with its interval, such as `1.2 % (0.7 to 2.1)`."""
    return f"{format_percent(share.percent)} ({share.low:.1f} to {share.high:.1f})"


def format_time(seconds: float) -> str:
    """Return a time in minutes, such as `7 min` or `2 h 5 min`; in seconds below three minutes."""
    if seconds < 3 * _MINUTE:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / _MINUTE), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join(parts)


def format_times(seconds: Distribution | None) -> str:
    """Return the distribution of a time, as `median / 90th percentile`."""
    return f"{format_time(seconds.median)} / {format_time(seconds.p90)}" if seconds else "-"


def format_counts(counts: Distribution | None) -> str:
    """Return the distribution of a count, as `median / 90th percentile`."""
    return f"{round(counts.median):,} / {round(counts.p90):,}" if counts else "-"


def format_occurrences(count: int) -> str:
    """Return a number of occurrences, such as `once` or `12 times`."""
    return "once" if count == 1 else f"{count:,} times"


HOOKS_PASSED = "Assumed: each hook is healthy at its first call."
GATES_PASSED = "Assumed: each approval is given, and each pause resumed, as soon as the rollout would go on."
"""What holds for the approvals and pauses of a policy: a program has no person to wait for."""


def format_unsupported(metrics: Sequence[str], state: str) -> str:
    """Return which metrics were ignored because of their state, such as `Not simulated`."""
    return f"{state}, and therefore ignored: {', '.join(metrics)}."
