"""How strongly two versions' counts speak against the canary, however often one looks.

Given a minute's n1 calls and e1 errors on the canary, n0 and e0 on stable, and m = e1 + e0, the errors fall on the
canary like m draws from a coin with success probability r*n1 / (r*n1 + n0), where r is the relative risk. The ratio
of the likelihood at r to that at the tolerated r0 is a test martingale; minutes multiply, and an average over several
r > r0 is one again. By Ville's inequality it reaches 1/alpha on a canary no worse than tolerated with probability at
most alpha, over all looks together. An outage of both versions moves m alone, and so is no evidence.

Sources: Lindon, Sanden and Shirikian 2022, "Rapid Regression Detection in Software Deployments through Sequential
Testing", arXiv 2205.14762; Ville 1939; Hoeffding 1963, section 6, for drawing without replacement, which only helps.
Errors are taken to be independent given the minute; bursts break that (docs/decisions.md).
"""

import math
from collections.abc import Iterable

from rollout.health import Minute

TOLERATED_RISK = 1.1
"""A canary that fails this many times as often as stable is still as good: builds differ a little in their luck."""

RISKS = tuple(TOLERATED_RISK * factor for factor in (1.2, 1.5, 2, 3, 5, 10, 30, 100, 300, 1000))
"""The relative risks averaged over, with equal weights: from a slight regression to every call failing."""


def log_likelihood_ratio(minute: Minute, risk: float, tolerated: float = TOLERATED_RISK) -> float:
    """Return ln of how much likelier a minute's split of errors is at `risk` than at `tolerated`, both above 0."""
    canary, stable = minute.canary, minute.stable
    total = canary.errors + stable.errors
    if total == 0 or canary.calls == 0 or stable.calls == 0:
        return 0.0
    at_risk = risk * canary.calls + stable.calls
    at_tolerated = tolerated * canary.calls + stable.calls
    return canary.errors * math.log(risk / tolerated) - total * math.log(at_risk / at_tolerated)


def log_evidence(minutes: Iterable[Minute]) -> float:
    """Return ln of the evidence against the canary: 0 says nothing, ln(100) is reached by chance once in 100.

    Minutes in which neither version failed cost nothing to leave out. Source: the module's docstring.
    """
    failing = [minute for minute in minutes if minute.canary.errors or minute.stable.errors]
    return _log_mean_exp([math.fsum(log_likelihood_ratio(minute, risk) for minute in failing) for risk in RISKS])


def _log_mean_exp(logs: list[float]) -> float:
    largest = max(logs)
    return largest + math.log(sum(math.exp(value - largest) for value in logs) / len(logs))
