"""Numbers as people say them."""

from collections.abc import Sequence

from simulator.shares import Share, Spread

_MINUTE = 60


def percent(value: float) -> str:
    """Return a share in percent, as exact as it is told apart from 0 and 100."""
    told = f"{value:.1f}".removesuffix(".0")
    is_not_quite = told in {"0", "100"} and float(told) != value
    return f"{value:.4g} %" if is_not_quite else f"{told} %"


def share(value: Share) -> str:
    """Return a share with its interval, such as `1.2 % (0.7 to 2.1)`."""
    return f"{percent(value.percent)} ({value.low:.1f} to {value.high:.1f})"


def span(seconds: float) -> str:
    """Return a length of time by the minute, such as 7 min or 2 h 5 min; by the second below three minutes."""
    if seconds < 3 * _MINUTE:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / _MINUTE), 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join(parts)


def spans(values: Spread | None) -> str:
    """Return how times spread, as `half / nine in ten`."""
    return f"{span(values.half)} / {span(values.nine_in_ten)}" if values else "-"


def counts(values: Spread | None) -> str:
    """Return how counts spread, as `half / nine in ten`."""
    return f"{round(values.half):,} / {round(values.nine_in_ten):,}" if values else "-"


def times(count: int) -> str:
    """Return how often, such as once or 12 times."""
    return "once" if count == 1 else f"{count:,} times"


def left_out(names: Sequence[str], source: str) -> str:
    """Return which metrics were left out, and why."""
    return f"Left out, as {source} cannot tell of {'them' if len(names) > 1 else 'it'}: {', '.join(names)}."
