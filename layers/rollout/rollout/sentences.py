"""What was seen, in words: every judgement is read by somebody who has to act on it."""

import math

from rollout.duration import say_roughly
from rollout.models import Health
from rollout.observation import Observation
from rollout.words import Phase

_NO_HISTORY = ", with bursts assumed, as stable has too little history to know them by"


def say_too_few(seen: Observation, needed: int) -> str:
    """Return what an inconclusive judgement begins with: the calls there are, the calls needed, and when."""
    calls, seconds = seen.in_step.calls, seen.seconds_in_step
    if seconds == 0:
        return f"no minute of this step is complete yet, {needed:,} calls needed; "
    if calls == 0:
        return f"no datapoint for the canary in this step, {needed:,} calls needed, and silence is not health; "
    left = say_roughly((needed - calls) * seconds / calls)
    return f"{calls:,} calls on the canary in this step, {needed:,} needed, about {left} more at this rate; "


def say_counts(seen: Observation, evidence: float, limit: float) -> str:
    """Return both versions' numbers and what they prove; `evidence` is a natural logarithm, `limit` is not."""
    return _numbers(seen) + _strength(seen, evidence, limit)


def _numbers(seen: Observation) -> str:
    if seen.phase is Phase.BAKE:
        return f"errors since promotion: {_rate(seen.canary)}"
    return f"errors: canary {_rate(seen.canary)}, stable {_rate(seen.stable)}"


def _rate(health: Health) -> str:
    if health.calls == 0:
        return "0 calls"
    return f"{health.bad:,} of {health.calls:,} calls ({_two_digits(health.bad_percent)} %)"


def _two_digits(percent: float) -> str:
    return f"{percent:.2g}" if percent < 10 else f"{percent:.0f}"  # noqa: PLR2004 - from here on .2g writes 1e+02


def _strength(seen: Observation, evidence: float, limit: float) -> str:
    if seen.phase is Phase.BAKE:
        return ""
    said = f"; evidence {_in_tens(evidence)} against a limit of {limit:,.6g}"
    return said + (_NO_HISTORY if seen.dispersion.is_assumed else "")


def _in_tens(evidence: float) -> str:
    tens = evidence / math.log(10)
    if tens >= 4:  # noqa: PLR2004 - 9,999 still reads well
        return f"10^{tens:.0f}"
    if tens >= 1:
        return f"{math.exp(evidence):,.0f}"
    return f"{math.exp(evidence):.2g}" if tens >= -2 else "below 0.01"  # noqa: PLR2004 - nothing speaks against it
