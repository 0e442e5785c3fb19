"""Formats evidence, which may have hundreds of digits."""

import math

_WHOLE, _POWER = 100, 1_000_000


def format_evidence(evidence: float) -> str:
    """Return evidence with three digits or as a whole number; from a million on as a power of ten, such as `10^9`."""
    if evidence < _WHOLE:
        return f"{evidence:.3g}"
    return f"10^{math.log10(evidence):.0f}" if _POWER <= evidence < math.inf else f"{evidence:,.0f}"
