"""The ceilings of a policy: whether the canary is above one by more than chance or a shared outage explain.

Each minute is worth the negative binomial likelihood ratio of a rate above the ceiling to the ceiling itself. For a
canary whose rate is below the ceiling, with bursts up to the assumed scale, the product is a supermartingale, as in
rollout.evidence.paired_test with a known rate. So at any number of evaluations, a canary below its ceiling exceeds the
limit L in at most 1 of L rollouts. Source: Howard, Ramdas, McAuliffe and Sekhon 2020, Probability Surveys 17.
"""

from collections.abc import Sequence
from math import exp, lgamma, log, log1p

from rollout.domain.counts import Counts
from rollout.domain.enums import Unit
from rollout.domain.models import Value
from rollout.evidence.assumptions import TOLERATED_RISK, log_mean_exp
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.paired_test import MARGIN
from rollout.evidence.runs import log_sum_of_runs
from rollout.evidence.series import Minute, Series
from rollout.evidence.spread import Bursts, spread_of, weakest
from rollout.judging.observation import Observation
from rollout.policy.criteria import Criteria
from rollout.policy.metric import Metric

EXCESSES = (1.5, 3.0, 10.0)
"""The multiples of the ceiling that are tested against the ceiling, equally likely."""

FEW_CALLS = 50
"""With fewer calls of stable before the first shift, chance alone can put stable above a ceiling."""

BY_CHANCE = 0.01
"""Stable counts as above a ceiling if a rate at the ceiling gives as many bad calls with at most this probability."""

_BREACHES = {
    "errors": "the canary fails more often than max_error_percent ({:g} %) allows",
    "slow": "the canary is slow more often than max_slow_percent ({:g} %) allows",
    "throttles": "the alias refuses more calls than throttles.max_percent ({:g} %) allows",
}


class CeilingBreach(Value):
    """A ceiling that the canary is above and stable is not: a fix for a failing stable version must pass."""

    sentence: str
    is_proved: bool


def ceiling_breaches(observation: Observation, criteria: Criteria) -> list[CeilingBreach]:
    """Return the ceilings of critical metrics that the canary is above; all of them share one evidence limit."""
    limit = log(criteria.evidence_limit * max(len(criteria.metrics_with_ceiling), 1))
    breaches = (_breach(metric, observation, criteria, limit) for metric in criteria.metrics_with_ceiling)
    return [breach for breach in breaches if breach]


def _breach(metric: Metric, observation: Observation, criteria: Criteria, limit: float) -> CeilingBreach | None:
    series, ceiling = observation.series.get(metric.name, Series()), criteria.ceiling(metric) or 0
    if series.unit is not Unit.CALLS or series.canary.bad_percent <= ceiling or _is_stable_above(series, ceiling):
        return None
    # No smallest number of calls: an alias with twenty calls a day must not serve a version that fails all of them.
    proof = ceiling_log_evidence(series.minutes, ceiling / 100, series.dispersion)
    return CeilingBreach(sentence=_BREACHES[metric.kind].format(ceiling), is_proved=proof >= limit)


def _is_stable_above(series: Series, ceiling: float) -> bool:
    """Whether stable is above the ceiling, in percent: beside the canary if it serves there, otherwise in its history.

    One bad call among the few of a quiet alias puts stable above a ceiling by chance. That must not switch off the only
    guard of such an alias, so there stable is above only by more than chance explains.
    """
    if any(minute.stable.calls for minute in series.minutes):
        return 100 * stable_rate_at_canary_calls(series.minutes) > ceiling
    before = series.before
    is_chance = before.calls < FEW_CALLS and _chance_of(before.bad, before.calls * ceiling / 100) > BY_CHANCE
    return before.bad_percent > ceiling and not is_chance


def _chance_of(bad: int, expected: float) -> float:
    """Return the probability of at least so many bad calls, as a Poisson variable with this mean."""
    term, below = exp(-expected), 0.0
    for count in range(bad):
        below += term
        term *= expected / (count + 1)
    return 1 - below


def ceiling_log_evidence(minutes: Sequence[Minute], ceiling: float, dispersion: Dispersion) -> float:
    """Return ln of the evidence that the canary's rate is above `ceiling`, a share of calls from 0 to 1.

    In a minute in which stable itself is above the ceiling, stable's rate replaces it, so that an outage of both
    versions never counts as proof.
    """
    return weakest(dispersion, lambda bursts: _log_evidence(minutes, ceiling, dispersion, bursts))


def _log_evidence(minutes: Sequence[Minute], ceiling: float, dispersion: Dispersion, bursts: Bursts) -> float:
    gains = zip(*(_gains(minute, ceiling, dispersion, bursts) for minute in minutes), strict=True)
    starts = [minute.start for minute in minutes]
    totals = [log_sum_of_runs(each, starts, dispersion.run_seconds) for each in gains]
    return log_mean_exp(totals) if totals else 0.0


def _gains(minute: Minute, ceiling: float, dispersion: Dispersion, bursts: Bursts) -> list[float]:
    """Return what a minute adds to ln of the evidence at each excess."""
    size, portion = spread_of(minute.canary.calls, dispersion, bursts, MARGIN)
    shape = portion * _allowed_rate(minute.stable, ceiling) / (MARGIN * dispersion.theta)
    return [_GAINS[bursts](minute.canary.bad, excess, size, shape) for excess in EXCESSES]


def _gain_by_larger_bursts(bad: int, excess: float, size: float, shape: float) -> float:
    log_factor = log1p(excess * size) - log1p(size)
    return bad * (log(excess) - log_factor) - shape * log_factor


def _gain_by_more_bursts(bad: int, excess: float, size: float, shape: float) -> float:
    more = excess * shape
    return lgamma(bad + more) - lgamma(more) - lgamma(bad + shape) + lgamma(shape) - (more - shape) * log1p(size)


_GAINS = {Bursts.PROPORTIONAL: _gain_by_larger_bursts, Bursts.WHOLE: _gain_by_more_bursts}
"""How a worse canary differs: if bursts come whole, more of them, otherwise a single one could never count for much."""


def _allowed_rate(stable: Counts, ceiling: float) -> float:
    """Return the rate, 0 to 1, that a canary may have beside stable's counts of one minute."""
    return min(1.0, max(ceiling, TOLERATED_RISK * stable.bad_percent / 100))


def stable_rate_at_canary_calls(minutes: Sequence[Minute]) -> float:
    """Return the share of the canary's calls, 0 to 1, that stable would have failed at its rate of each minute.

    The canary serves most of its calls late in a rollout and stable early, so a comparison of their totals would blame
    the canary for a late outage of both versions.
    """
    both = [minute for minute in minutes if minute.canary.calls and minute.stable.calls]
    expected = sum(minute.canary.calls * minute.stable.bad / minute.stable.calls for minute in both)
    calls = sum(minute.canary.calls for minute in both)
    return expected / calls if calls else 0.0
