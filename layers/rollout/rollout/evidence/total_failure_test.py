"""The total failure test: all calls of the canary fail in a minute in which few of stable's do.

Where bursts may come whole, the other tests explain much of such a minute by a burst, because their relative risks
reach only a part of its calls. This test bets on that one outcome: the likelihood of the canary's errors if it fails,
over their likelihood at the tolerated risk, given stable's errors. If all calls fail, a burst may have been larger than
the calls that it met, so at least so many errors count. Minutes in which stable fails too are left out, so an outage of
both versions is no evidence. Without bursts to learn from, it adds nothing.

The product over the minutes is a Bayes factor, like that of rollout.evidence.level_test.
Sources: Ville 1939; DLMF 8.17 for the tail of the negative binomial, an incomplete beta function.
"""

from collections.abc import Iterable, Iterator
from math import ceil, exp, lgamma, log, log1p, sqrt

from rollout.evidence.assumptions import HEALTHY_WEIGHT, switch
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group
from rollout.evidence.level_test import stable_likelihoods
from rollout.evidence.outliers import with_outliers
from rollout.evidence.rate_grid import Table, Weights, after_stable, canary_table
from rollout.evidence.spread import Bursts, Spread, spread_of

FEWEST_CALLS = 3
"""With fewer calls of the canary, that all of them fail says little about the next ones."""

MOST_OF_STABLE = 0.1
"""If more of stable's calls fail, something else than the canary's code is broken."""

WHOLE = 0.8
"""The probability that all calls of a minute fail, if the canary fails; otherwise any number from half of them is as
likely."""

_LEAST, _MOST_LOG, _CLOSE = 1e-300, 600.0, 1e-10


def total_failure_gains(
    groups: Iterable[Group], levels: Iterable[Weights], dispersion: Dispersion, bursts: Bursts
) -> Iterator[float]:
    """Yield what each group adds to ln of the evidence against the canary.

    `levels` are the weights of stable's rate levels before each group, as rollout.evidence.level_test has them.
    """
    healthy, failing = HEALTHY_WEIGHT, 1 - HEALTHY_WEIGHT
    for group, weights in zip(groups, levels, strict=True):
        if dispersion.is_assumed or not _is_comparable(group):
            yield 0.0
            continue
        healthy, (failing,) = switch(healthy, [failing])
        failing *= _likelihood_ratio(group, weights, dispersion, bursts)
        total = healthy + failing
        healthy, failing = healthy / total, failing / total
        yield log(total)


def _is_comparable(group: Group) -> bool:
    has_calls = group.canary_calls * group.minutes >= FEWEST_CALLS
    return has_calls and group.stable_bad <= MOST_OF_STABLE * group.stable_calls * group.minutes


def _likelihood_ratio(group: Group, weights: Weights, dispersion: Dispersion, bursts: Bursts) -> float:
    calls = round(group.canary_calls * group.minutes)
    fewest = ceil(calls / 2)
    if group.canary_bad < fewest:
        return 0.0
    likelihood = (1 - WHOLE) / (calls - fewest + 1) + (WHOLE if group.canary_bad >= calls else 0.0)
    expected = _log_tolerated(group, calls, weights, dispersion, bursts)
    return exp(min(log(likelihood) - expected, _MOST_LOG))


def _log_tolerated(group: Group, calls: int, weights: Weights, dispersion: Dispersion, bursts: Bursts) -> float:
    """Return ln of the probability of the canary's errors at the tolerated risk, given stable's errors."""
    spread = spread_of(group.canary_calls, dispersion, bursts)
    table = canary_table(dispersion.theta, dispersion.error_rate, group.minutes * spread.portion)
    logs = log_probabilities(group.canary_bad, calls, spread, table)
    largest = max(logs)
    at_levels = with_outliers([exp(value - largest) for value in logs], dispersion.outliers)
    after = after_stable(weights, stable_likelihoods(group, dispersion, bursts))
    mean = sum(weight * value for weight, value in zip(after, at_levels, strict=False)) / sum(after)
    return min(largest + log(max(mean, _LEAST)), 0.0)


def log_probabilities(errors: int, calls: int, spread: Spread, table: Table) -> list[float]:
    """Return ln of the probability of so many errors at each shape, or of at least so many if all calls fail."""
    log_scale = log1p(spread.size)
    rest = errors * (log(spread.size) - log_scale) - lgamma(errors + 1)
    logs = [lgamma(errors + shape) - base - shape * log_scale + rest for shape, base in zip(*table, strict=True)]
    if errors < calls:
        return logs
    return [_log_at_least(errors, shape, spread.size, value) for shape, value in zip(table.shapes, logs, strict=True)]


def _log_at_least(errors: int, shape: float, size: float, log_exactly: float) -> float:
    """Return ln of the probability of `errors` or more, from that of exactly so many."""
    portion = size / (1 + size)
    if portion < (errors + 1) / (errors + shape + 2):
        return min(log_exactly - log(_fraction(errors, shape, portion)), 0.0)
    fewer = exp(log_exactly) * errors / shape / _fraction(shape, errors, 1 / (1 + size))
    return log(max(1 - fewer, _LEAST))


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction DLMF 8.17.22 of the incomplete beta function I_x(a, b).

    It is computed from its end, with twice as many terms until that changes nothing: many are rarely needed.
    """
    most = 20 + 2 * ceil(sqrt(max(a, b)))
    terms, fraction = 8, _with_terms(a, b, x, 8)
    while terms < most:
        terms *= 2
        before, fraction = fraction, _with_terms(a, b, x, terms)
        if abs(fraction - before) <= _CLOSE * abs(fraction):
            break
    return fraction


def _with_terms(a: float, b: float, x: float, terms: int) -> float:
    fraction = 1.0
    for index in range(terms, 0, -1):
        half, is_odd = divmod(index, 2)
        at = a + 2 * half
        term = -(a + half) * (a + b + half) / (at * (at + 1)) if is_odd else half * (b - half) / ((at - 1) * at)
        fraction = 1 + term * x / fraction
    return fraction
