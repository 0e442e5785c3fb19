"""Chooses the plan of `steps: Auto` from the alias's last day of calls, once, when a rollout starts."""

from rollout.auto.candidates import candidates, promoted_at_once
from rollout.auto.plan import AutoPlan, Sighting
from rollout.auto.recent_day import DAY_PERIODS, RecentDay
from rollout.auto.sight import Expectation, sighting
from rollout.auto.wording import format_at_once, format_steps, format_uncalled
from rollout.evidence.series import Series
from rollout.judging.calibration import calibrate
from rollout.judging.observation import CALLS
from rollout.judging.window import Timing
from rollout.policy.policy import Policy

STATED_PERCENT = 5.0
"""Steps are chosen so that a canary that fails this many percent of its calls would be seen before promotion."""

STATED_RATIO = 5.0
"""Where stable itself fails more than one call in a hundred: a canary that fails this many times as often."""

OTHER_FAULTS = (20.0, 100.0)
"""Larger faults, in percent of failed calls, for which a plan states how soon they would be seen."""

_EVERY_CALL = 100


def choose(policy: Policy, day: RecentDay, timing: Timing) -> AutoPlan:
    """Return the plan of a policy with `steps: Auto` for an alias with these calls; any day gives a valid policy (P12).

    It is the most cautious plan that gives each step its calls within the time of the policy, and that would see the
    stated fault; with fewer calls the plan that sees most; with still fewer none can compare, and it promotes at once.
    """
    expected = _expectation(policy, day, timing)
    plans = [*candidates(policy, expected.calls_per_period, timing)]
    stated = stated_percent(expected.error_rate)
    seeing = (plan for plan in plans if sighting(plan, stated, expected, timing))
    plan = next(seeing, plans[-1] if plans else None)
    if plan is None:
        return _at_once(policy, day, expected, timing)
    expected = _calibrated(plan, expected, timing)
    catches = _catches(plan, expected, timing)
    return AutoPlan(policy=plan, sentence=format_steps(plan, expected, catches, timing), catches=catches)


def stated_percent(error_rate: float) -> float:
    """Return the percent of failed calls at which a canary must be seen beside a stable version of this error rate."""
    return min(max(STATED_PERCENT, float(f"{100 * STATED_RATIO * error_rate:.2g}")), 100.0)


def _expectation(policy: Policy, day: RecentDay, timing: Timing) -> Expectation:
    total = day.total
    return Expectation(
        calls_per_period=day.calls_per_period(policy.within, timing),
        error_rate=total.bad / total.calls if total.calls else 0,
        history=day.history(timing),
    )


def _calibrated(plan: Policy, expected: Expectation, timing: Timing) -> Expectation:
    """Return the expectation with the evidence limit that the rollout will have, as far as errors decide it."""
    errors = {CALLS: Series(history=expected.history, period_seconds=timing.period_seconds)}
    return expected.model_copy(update={"calibration": calibrate(plan, errors, timing, "steps: Auto")})


def _at_once(policy: Policy, day: RecentDay, expected: Expectation, timing: Timing) -> AutoPlan:
    """Return the plan without steps; what its bake would catch rests on the whole day, which is as long as the bake."""
    calls_per_period = day.total.calls / day.known_periods(timing)
    plan = promoted_at_once(policy, calls_per_period, timing)
    average = Expectation(calls_per_period=calls_per_period, error_rate=0, history=day.history(timing))
    catches = _catches(plan, average, timing)
    calls = expected.calls_per_period * policy.within / timing.period_seconds, calls_per_period * DAY_PERIODS
    warning = format_uncalled(policy)
    sentence = "; warning: ".join(filter(None, [format_at_once(policy, plan, calls, catches), warning]))
    return AutoPlan(policy=plan, sentence=sentence, catches=catches, warning=warning)


def _catches(plan: Policy, expected: Expectation, timing: Timing) -> tuple[Sighting, ...]:
    """Return the faults that the plan would see: STATED_RATIO times stable's errors, the stated one, larger ones."""
    small = float(f"{100 * STATED_RATIO * expected.error_rate:.2g}")
    percents = {small, stated_percent(expected.error_rate), *OTHER_FAULTS}
    seen = (sighting(plan, percent, expected, timing) for percent in sorted(percents) if 0 < percent <= _EVERY_CALL)
    return tuple(fault for fault in seen if fault)
