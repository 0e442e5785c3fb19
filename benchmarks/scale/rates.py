"""What live rollouts use a second in a steady state, in which as many begin as end."""

from collections.abc import Callable

from benchmarks.scale.calls import calls_of
from benchmarks.scale.limits import LIMITS, Api
from benchmarks.scale.plans import Plan
from rollout.dry_run import cost
from rollout.lifecycle.beat.alias_reads import READS_PER_SECOND

LONGEST_SECONDS = 900
"""The default of AliasReadSeconds."""

FREEZE_SECONDS = 5
"""How long a function does not look again for a freeze that it has not found."""

EVENTS_PER_EVALUATION, EVENTS_BESIDE = 9, 40
"""History events of Step Functions: those of an evaluation, and those of a rollout besides, rounded up."""

INDEX_UNITS_PER_WRITE = 2
"""An entry of up to 2 KB in the index."""

_TASKS_OF_ROLLOUT = ("PrepareRollout", "PromoteVersion", "CloseRollout")

Rates = dict[Api, float]


def reads_a_second(plan: Plan, live: int, *, in_turns: bool) -> float:
    """Return how many aliases are read a second by evaluations that keep the share.

    Without turns, as before, each evaluation reads the alias.
    """
    evaluations = live * (plan.evaluations - plan.decisions) / plan.seconds
    return min(evaluations, max(READS_PER_SECOND, live / LONGEST_SECONDS)) if in_turns else evaluations


def rates(plan: Plan, live: int, *, in_turns: bool = True, has_alarms: bool = False) -> Rates:
    """Return what so many live rollouts of a plan use a second, if they began evenly over its duration."""
    starts = live / plan.seconds
    evaluations = starts * plan.evaluations
    with_alias = reads_a_second(plan, live, in_turns=in_turns) + starts * plan.decisions
    used = cost.usage(plan.policy, 6, 4)
    return {
        Api.CONTROL_PLANE: _tasks(plan, starts, Api.CONTROL_PLANE) + with_alias,
        Api.GET_FUNCTION: _tasks(plan, starts, Api.GET_FUNCTION) + starts + with_alias,  # one by StartRollout
        Api.GET_METRIC_DATA: evaluations,
        Api.DESCRIBE_ALARMS: evaluations if has_alarms else 0,
        Api.GET_PARAMETER: (_freeze_reads(evaluations) if in_turns else evaluations) + starts,
        Api.TRANSITIONS: starts * used.transitions,
        Api.START_EXECUTION: starts,
        Api.CONCURRENCY: starts * used.lambda_calls * cost.LAMBDA_SECONDS,
        Api.OPEN_INDEX: starts * (cost.PER_ROLLOUT.writes + plan.shifts) * INDEX_UNITS_PER_WRITE,
    }


def _freeze_reads(evaluations: float) -> float:
    """Return how often a second a freeze is looked for: by each environment of JudgeCanary, each five seconds."""
    environments = max(1, evaluations * cost.LAMBDA_SECONDS)
    return min(evaluations, environments / FREEZE_SECONDS)


def _tasks(plan: Plan, starts: float, api: Api) -> float:
    return starts * (
        sum(calls_of(task, api) for task in _TASKS_OF_ROLLOUT) + plan.shifts * calls_of("ShiftTraffic", api)
    )


def most_live(limit: Api, rates_of: Callable[[int], Rates]) -> int:
    """Return the most live rollouts that a limit of one account allows; 0 where it is not used."""
    if not rates_of(1000)[limit]:
        return 0
    low, high = 1, 10_000_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if rates_of(middle)[limit] <= LIMITS[limit].per_second else (low, middle)
    return low


def history_events(plan: Plan) -> int:
    """Return the events in the history of one execution."""
    return EVENTS_PER_EVALUATION * plan.evaluations + EVENTS_BESIDE


def ledger_units(plan: Plan, live: int) -> tuple[float, float]:
    """Return the read units and the write units of the ledger a second."""
    used, starts = cost.usage(plan.policy, 6, 4), live / plan.seconds
    return starts * used.reads, starts * used.writes * cost.UNITS_PER_WRITE


def dollars_an_hour(plan: Plan, live: int) -> float:
    """Return the list price of so many live rollouts for an hour."""
    return live / plan.seconds * 3600 * cost.cost(cost.usage(plan.policy, 6, 4)).us_cents / 100
