"""Numbers as people say them."""

from simulator.report import Share, Spread

_MINUTE = 60
_TENTH = 0.1


def percent(value: float) -> str:
    """Return a share in percent, as exact as it is told apart from 0 and 100."""
    if 0 < value < _TENTH or 0 < 100 - value < _TENTH:
        return f"{value:.2g} %" if value < 1 else f"{value:.2f} %"
    return f"{value:.1f}".removesuffix(".0") + " %"


def share(value: Share) -> str:
    """Return a share with its interval, such as `1.2 % (0.7 to 2.1)`."""
    return f"{percent(value.percent)} ({value.low:.1f} to {value.high:.1f})"


def span(seconds: float) -> str:
    """Return a length of time by the minute, such as 7 min or 2 h 5 min; by the second below three minutes."""
    if seconds < 3 * _MINUTE:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / _MINUTE), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def spans(values: Spread | None) -> str:
    """Return how times spread, as `half / nine in ten`."""
    return f"{span(values.half)} / {span(values.nine_in_ten)}" if values else "-"


def counts(values: Spread | None) -> str:
    """Return how counts spread, as `half / nine in ten`."""
    return f"{values.half:,.0f} / {values.nine_in_ten:,.0f}" if values else "-"
