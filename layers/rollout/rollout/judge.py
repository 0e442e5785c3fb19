"""Is the canary healthy? A pure answer from counts, with a sentence that holds both versions' numbers."""

import math
from datetime import datetime
from functools import cached_property

from rollout.dispersion import Dispersion, learn_dispersion
from rollout.duration import say_roughly
from rollout.evidence import log_evidence
from rollout.health import Measured, Minute, canary_health, stable_health
from rollout.models import Health, Judgement, Rollout, Value
from rollout.policy import Policy
from rollout.window import Timing, Window
from rollout.words import Phase, Verdict

_MOST_SHOWN = 700.0
_NO_HISTORY = ", with bursts assumed, as stable has too little history to know them by"


class Observation(Value):
    """What a look has seen: the minutes since the first shift (in the bake: since promotion)."""

    phase: Phase
    minutes: tuple[Minute, ...]
    step_since: datetime
    """Start of the first minute that lies wholly in the current step."""
    closed_until: datetime
    """End of the minutes that count as good news; later ones are still open, and may be bad news alone."""
    history: tuple[Health, ...] = ()
    """Stable's minutes from before the first shift."""
    stable_before: Health = Health()
    """Stable's counts from beside the canary, in the bake, where its minutes hold no stable any more."""

    @cached_property
    def canary(self) -> Health:
        """The canary's counts over all the minutes."""
        return canary_health(self.minutes)

    @cached_property
    def stable(self) -> Health:
        """Stable's counts over all the minutes."""
        return stable_health(self.minutes)

    @cached_property
    def dispersion(self) -> Dispersion:
        """How clumped stable's errors come, from its history and, where that is short, its minutes since."""
        return learn_dispersion(self.history, [minute.stable for minute in self.minutes])

    @property
    def in_step(self) -> Health:
        """The canary's counts in the closed minutes of the current step."""
        return canary_health(m for m in self.minutes if self.step_since <= m.start < self.closed_until)

    @property
    def seconds_in_step(self) -> float:
        """How much of the current step lies in closed minutes; 0 where none does yet."""
        return max((self.closed_until - self.step_since).total_seconds(), 0)


def observed(rollout: Rollout, measured: Measured, window: Window, timing: Timing) -> Observation:
    """Return what a look has seen, with the current step marked off in it."""
    return Observation(
        phase=rollout.phase,
        minutes=measured.minutes,
        step_since=timing.first_whole_period(rollout.step_started_at or rollout.judged_since),
        closed_until=window.closed_until,
        history=measured.history,
        stable_before=rollout.stable_before_promotion,
    )


def judge(seen: Observation, policy: Policy) -> Judgement:
    """Return the verdict on what was seen: unhealthy on proof, inconclusive on too few calls, else healthy."""
    evidence = log_evidence(seen.minutes, seen.history, seen.dispersion) if seen.phase is Phase.SHIFTING else 0.0
    limit = 100 / policy.false_rollback_percent
    verdict, lead = _verdict(seen, policy, evidence)
    return Judgement(
        verdict=verdict,
        reason=f"{lead}{_numbers(seen)}{_strength(seen, evidence, limit)}",
        canary=seen.canary,
        stable=seen.stable,
        evidence=math.exp(min(evidence, _MOST_SHOWN)),
        evidence_limit=limit,
    )


def _verdict(seen: Observation, policy: Policy, evidence: float) -> tuple[Verdict, str]:
    ceiling = policy.guards.max_error_percent
    if evidence >= math.log(100 / policy.false_rollback_percent):
        return Verdict.UNHEALTHY, "the canary fails more often than stable; "
    if ceiling is not None and _breaks(ceiling, seen, policy.min_invocations):
        return Verdict.UNHEALTHY, f"the canary fails more than max_error_percent {ceiling:g} % allows; "
    if seen.in_step.calls < policy.min_invocations:
        return Verdict.INCONCLUSIVE, _too_few(seen, policy.min_invocations)
    return Verdict.HEALTHY, ""


def _breaks(ceiling: float, seen: Observation, floor: int) -> bool:
    return _is_above(ceiling, seen.canary, floor) and not _is_burning(ceiling, seen, floor)


def _is_burning(ceiling: float, seen: Observation, floor: int) -> bool:
    """Whether stable is above the ceiling itself: a fix for it must get through, though it mends only a part."""
    return _is_above(ceiling, seen.stable + seen.stable_before, floor)


def _is_above(ceiling: float, health: Health, floor: int) -> bool:
    return health.calls >= floor and health.error_percent > ceiling


def _too_few(seen: Observation, needed: int) -> str:
    calls, seconds = seen.in_step.calls, seen.seconds_in_step
    if seconds == 0:
        return f"no minute of this step is complete yet, {needed:,} calls needed; "
    if calls == 0:
        return f"no datapoint for the canary in this step, {needed:,} calls needed, and silence is not health; "
    left = say_roughly((needed - calls) * seconds / calls)
    return f"{calls:,} calls on the canary in this step, {needed:,} needed, about {left} more at this rate; "


def _numbers(seen: Observation) -> str:
    if seen.phase is Phase.BAKE:
        return f"errors since promotion: {_rate(seen.canary)}"
    return f"errors: canary {_rate(seen.canary)}, stable {_rate(seen.stable)}"


def _rate(health: Health) -> str:
    if health.calls == 0:
        return "0 calls"
    return f"{health.errors:,} of {health.calls:,} calls ({_two_digits(health.error_percent)} %)"


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
