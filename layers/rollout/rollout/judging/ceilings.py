"""Whether the canary is bad more often than a stated ceiling allows, by more than chance or a shared outage explain.

Each minute is worth the negative binomial likelihood ratio of a rate above the ceiling to the ceiling itself. Over a
canary whose rate stays below and whose bad calls are no more clumped than assumed, the product is a supermartingale, as
in rollout.paired with a rate that is known; so however often one looks, a canary below its ceiling is above the limit
at most once in as many rollouts. Source: Howard, Ramdas, McAuliffe and Sekhon 2020, Probability Surveys 17.
"""

from collections.abc import Iterable, Sequence
from math import log, log1p

from rollout.domain.counts import Counts
from rollout.domain.enums import Unit
from rollout.domain.models import Value
from rollout.evidence.assumptions import TOLERATED_RISK, log_mean_exp
from rollout.evidence.paired_test import MARGIN
from rollout.evidence.series import Minute, Series
from rollout.judging.observation import Observation
from rollout.policy.criteria import Criteria
from rollout.policy.metric import Metric

EXCESSES = (1.5, 3.0, 10.0)
"""How many times the ceiling the canary may be bad, equally likely."""

_ALLOWANCES = {
    "errors": "the canary fails more than max_error_percent",
    "slow": "the canary is slow more often than max_slow_percent",
    "throttles": "the alias refuses more calls than throttles.max_percent",
}


class CeilingBreach(Value):
    """A ceiling that the canary is above, and stable is not: a fix for a burning stable must get through."""

    sentence: str
    is_proved: bool


def ceiling_breaches(seen: Observation, criteria: Criteria) -> list[CeilingBreach]:
    """Return the ceilings of critical metrics that the canary is above; they share the limit of the evidence."""
    limit = log(criteria.evidence_limit * max(len(criteria.metrics_with_ceiling), 1))
    return [over for metric in criteria.metrics_with_ceiling if (over := _over(metric, seen, criteria, limit))]


def _over(metric: Metric, seen: Observation, criteria: Criteria, limit: float) -> CeilingBreach | None:
    series, ceiling = seen.series.get(metric.name, Series()), criteria.ceiling(metric) or 0
    if series.unit is not Unit.CALLS or not series.canary.bad_percent > ceiling >= _stables_percent(series):
        return None
    enough = series.canary.calls >= criteria.min_invocations
    proof = ceiling_log_evidence(series.minutes, ceiling / 100, series.dispersion.theta)
    return CeilingBreach(
        sentence=f"{_ALLOWANCES[metric.kind]} {ceiling:g} % allows", is_proved=enough and proof >= limit
    )


def _stables_percent(series: Series) -> float:
    """Return how often stable is bad: in the canary's place where it serves beside it, else in its history."""
    if any(minute.stable.calls for minute in series.minutes):
        return 100 * stable_in_canarys_place(series.minutes)
    return series.before.bad_percent


def ceiling_log_evidence(minutes: Iterable[Minute], ceiling: float, theta: float) -> float:
    """Return ln of the evidence that the canary's rate is above `ceiling`, a share of calls from 0 to 1.

    In a minute in which stable itself is above it, stable's rate takes the ceiling's place: an outage of both proves
    nothing, then or later.
    """
    totals = [0.0] * len(EXCESSES)
    for minute in minutes:
        spread, shape = MARGIN * theta * minute.canary.calls, _allowed(minute.stable, ceiling) / (MARGIN * theta)
        for index, excess in enumerate(EXCESSES):
            stretch = log1p(excess * spread) - log1p(spread)
            totals[index] += minute.canary.bad * (log(excess) - stretch) - shape * stretch
    return log_mean_exp(totals)


def _allowed(stable: Counts, ceiling: float) -> float:
    """Return the rate a canary may have beside such a minute of stable."""
    return min(1.0, max(ceiling, TOLERATED_RISK * stable.bad_percent / 100))


def stable_in_canarys_place(minutes: Sequence[Minute]) -> float:
    """Return the share of calls, 0 to 1, that stable would have failed had it served the canary's calls, by the minute.

    The canary serves most late and stable early, so their totals would tell a late outage of both as the canary's.
    """
    both = [minute for minute in minutes if minute.canary.calls and minute.stable.calls]
    expected = sum(minute.canary.calls * minute.stable.bad / minute.stable.calls for minute in both)
    calls = sum(minute.canary.calls for minute in both)
    return expected / calls if calls else 0.0
