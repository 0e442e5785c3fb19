"""Whether the canary fails more than a stated ceiling allows, by more than chance, bursts or a shared outage explain.

Each minute is worth the negative binomial likelihood ratio of a rate above the ceiling to the ceiling itself. Over a
canary whose rate stays below and whose errors are no more clumped than assumed, the product is a supermartingale, as in
rollout.paired with an error rate that is known; so however often one looks, a canary below its ceiling is above the
limit at most once in as many rollouts. Source: Howard, Ramdas, McAuliffe and Sekhon 2020, Probability Surveys 17.
"""

from collections.abc import Iterable, Sequence
from math import log, log1p

from rollout.health import Minute
from rollout.models import Health
from rollout.paired import MARGIN
from rollout.risks import TOLERATED_RISK, log_mean_exp

EXCESSES = (1.5, 3.0, 10.0)
"""How many times the ceiling the canary may fail, equally likely."""


def ceiling_log_evidence(minutes: Iterable[Minute], ceiling: float, theta: float) -> float:
    """Return ln of the evidence that the canary's error rate is above `ceiling`, a share of calls from 0 to 1.

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


def _allowed(stable: Health, ceiling: float) -> float:
    """Return the error rate a canary may have beside such a minute of stable."""
    return min(1.0, max(ceiling, TOLERATED_RISK * stable.bad_percent / 100))


def stable_in_canarys_place(minutes: Sequence[Minute]) -> float:
    """Return the share of calls, 0 to 1, that stable would have failed had it served the canary's calls, by the minute.

    The canary serves most late and stable early, so their totals would tell a late outage of both as the canary's.
    """
    both = [minute for minute in minutes if minute.canary.calls and minute.stable.calls]
    expected = sum(minute.canary.calls * minute.stable.bad / minute.stable.calls for minute in both)
    calls = sum(minute.canary.calls for minute in both)
    return expected / calls if calls else 0.0
