"""The tables of docs/scale.md."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.scale.calls import ACTIONS, observed, predicted
from benchmarks.scale.limits import LIMITS, Api
from benchmarks.scale.plans import HOUR, PLANS, Plan
from benchmarks.scale.rates import dollars_an_hour, history_events, ledger_units, most_live, rates
from benchmarks.scale.simulate import Outcome

MANY = 10_000
MOST = 1_000_000
"""Larger numbers are not shown: no account has so many functions."""
ACCOUNTS = 100


def limits_table() -> list[str]:
    """Return how many live rollouts each limit allows, before the reads took turns and since."""
    head = [
        "Limit",
        "A second",
        "Can be raised",
        *(f"{plan.short}, {when}" for plan in PLANS for when in ("before", "now")),
    ]
    rows = []
    for api, limit in LIMITS.items():
        counts = [
            most_live(api, partial(rates, plan, in_turns=in_turns, has_alarms=True))
            for plan in PLANS
            for in_turns in (False, True)
        ]
        rows.append([api, f"{limit.per_second:,g}", limit.raised, *map(_count, counts)])
    return _table(head, rows)


def _count(live: int) -> str:
    return f"{live:,}" if live < MOST else f"over {MOST:,}"


def first_limits() -> str:
    """Return which limit is met first, as sentences."""
    return " ".join(_first_limit(plan) for plan in PLANS)


def _first_limit(plan: Plan) -> str:
    def first(*, in_turns: bool, has_alarms: bool) -> str:
        rates_of = partial(rates, plan, in_turns=in_turns, has_alarms=has_alarms)
        counts = {api: count for api in Api if (count := most_live(api, rates_of))}
        api = min(counts, key=lambda each: counts[each])
        return f"{api} at {counts[api]:,}"

    return (
        f"Rollouts of {plan.name}: the first limit of one account was {first(in_turns=False, has_alarms=False)}, and"
        f" now it is {first(in_turns=True, has_alarms=False)}; with `guards.alarms`,"
        f" {first(in_turns=True, has_alarms=True)}."
    )


def many_table(plan: Plan = HOUR) -> list[str]:
    """Return what 10,000 live rollouts use a second, in one account and spread over 100."""
    one, each = rates(plan, MANY, has_alarms=True), rates(plan, MANY // ACCOUNTS, has_alarms=True)
    rows = []
    for api, limit in LIMITS.items():
        spread = each[api] if limit.at_target else one[api]
        where = "each account" if limit.at_target else "the orchestrator's"
        cells = [f"{used:,.1f} ({used / limit.per_second:.0%})".replace("%", " %") for used in (one[api], spread)]
        rows.append([api, where, f"{limit.per_second:,g}", *cells])
    return _table(["A second", "Counted in", "Limit", "in 1 account", f"in {ACCOUNTS} accounts"], rows)


def price_table() -> list[str]:
    """Return the ledger's units, the history and the price of 10,000 live rollouts."""
    rows = []
    for plan in PLANS:
        reads, writes = ledger_units(plan, MANY)
        events = history_events(plan)
        price = dollars_an_hour(plan, MANY)
        cells = [f"{MANY / plan.seconds:.2f}", f"{reads:,.0f}", f"{writes:,.0f}", f"{events:,}", f"{price:,.2f}"]
        rows.append([plan.name, *cells])
    head = ["Rollouts of", "begin a second", "read units a second", "write units a second", "events in a history"]
    return _table([*head, "dollars an hour"], rows)


Played = tuple[str, Plan, bool, Outcome]


def simulation_table(played: Sequence[Played]) -> list[str]:
    """Return what the simulations observed."""
    head = [
        "Rollouts",
        "Reads",
        "Calls",
        "Begin late, s",
        "Evaluations late, s",
        "Calls in the busiest minute",
        "Ended after",
    ]
    rows = [
        [
            name,
            "in turns" if in_turns else "at each evaluation",
            f"{outcome.calls:,}",
            _quantiles(outcome.begun_late),
            _quantiles(outcome.evaluated_late),
            f"{outcome.busiest_minute:,}",
            f"{outcome.seconds / 3600:.1f} h",
        ]
        for name, _, in_turns, outcome in played
    ]
    return _table(head, rows)


def _quantiles(seconds: Sequence[float]) -> str:
    median, most, worst = np.quantile(seconds, [0.5, 0.99, 1])
    return f"{median:.0f} / {most:.0f} / {worst:.0f}"


def check_table(loads: Sequence[dict[str, Any]]) -> list[str]:
    """Return the calls that the model predicts for the states that `make load` entered, beside those it counted."""
    actions = [action for counted in ACTIONS.values() for action in counted]
    rows = []
    for action in actions:
        cells = []
        for load in loads:
            model, sandbox = predicted(load["states"])[action], observed(load["calls"])[action]
            cells += [f"{model:,}", f"{sandbox:,}", f"{sandbox / model:.2f}" if model else "-"]
        if any(cell not in ("0", "-") for cell in cells):
            rows.append([f"`{action}`", *cells])
    limits = {True: "15 a second", False: "no limit"}
    names = [f"{load['rollouts']} rollouts, {limits[load['is_limited']]}" for load in loads]
    head = [f"{what}, {name}" for name in names for what in ("model", "sandbox", "ratio")]
    return _table(["Calls", *head], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(cells)} |" for cells in [head, *rows]]
    return [lines[0], "|---" * len(head) + "|", *lines[1:]]
