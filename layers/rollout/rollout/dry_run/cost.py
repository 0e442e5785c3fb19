"""The AWS usage of a rollout, and its cost at list price.

The prices are those of us-east-1 in US dollars, as of November 2026: Step Functions from its own price page;
CloudWatch, CloudWatch Logs, DynamoDB (on demand), Lambda (arm64) and EventBridge from secondary sources. Free tiers
are not deducted; logs, traces and notifications are not counted, and log queries only if the policy makes them. The
duration of a Lambda call and the size of an entry are assumptions, because nothing has been measured on AWS yet.
"""

from pydantic import Field

from rollout.domain.models import Value
from rollout.judging.log_lines import LATE_PERIODS
from rollout.judging.window import HISTORY_PERIODS, Timing
from rollout.log_findings.lines import LONGEST_MINUTES
from rollout.policy.policy import Policy

TRANSITION = 0.025 / 1_000
METRIC = 0.01 / 1_000
LAMBDA_CALL = 0.20 / 1_000_000
GB_SECOND = 0.0000133334
WRITE_UNIT = 0.625 / 1_000_000
READ_UNIT = 0.125 / 1_000_000
CUSTOM_EVENT = 1.00 / 1_000_000
LOG_GB = 0.005
"""A gigabyte that CloudWatch Logs Insights scans."""

DASHBOARD_MONTH = 3.00
"""A dashboard, after the three that are free in an account."""

ALARM_MONTH = 0.10
"""An alarm on one metric; the rollouts of this stack need none for a function, deployments of CodeDeploy do."""

DASHBOARD_ROLLOUTS = 20
DASHBOARD_READS = 40
"""The read units of an overview with so many live rollouts: two queries of indexes, and two entries of each rollout."""

LAMBDA_GB = 0.5
LAMBDA_SECONDS = 0.5
UNITS_PER_WRITE = 2

ASSUMED = (
    "list prices of us-east-1, 2026-11, without free tiers; no step is extended; each Lambda call takes 0.5 s with 512"
    " MB; each ledger entry has at most 2 KB; logs, traces and notifications are not counted"
)
"""The assumptions that a cost rests on."""


class Usage(Value):
    """Counts of the AWS operations that are billed."""

    transitions: int = 0
    lambda_calls: int = 0
    metrics: int = 0
    reads: int = 0
    writes: int = 0
    """Writes of ledger entries, to the table and to its index."""
    events: int = 0
    log_queries: int = 0
    log_gb: float = 0
    """The gigabytes that log queries scan."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: count + getattr(other, name) for name, count in self})

    def __mul__(self, times: int) -> "Usage":
        return Usage(**{name: count * times for name, count in self})


PER_ROLLOUT = Usage.model_construct(transitions=7, lambda_calls=4, reads=7, writes=15, events=2)
"""ReadInput, PrepareRollout, ChooseStart, PromoteVersion, CloseRollout, ChooseEnding and the ending, and the call of
StartRollout. PrepareRollout reads how many rollouts are live. The lock is acquired, updated for the promotion and for
the ending, and released; the ledger entry is opened and closed; each of them is in the index too, and so is the search
for who started it by hand. The ending is in a second index. One more write leaves the queue, and there is one less,
because the last evaluation leaves no status."""

PER_STEP = Usage.model_construct(transitions=1, lambda_calls=1, reads=1, writes=2, events=1)
"""ShiftTraffic, which updates the lock and reads the ledger entry."""

PER_GATE = Usage.model_construct(writes=2, events=1)
"""The lock, which is in the index too, is updated when the rollout reaches the gate, and when an approval times out.
These two evaluations leave no status."""

PER_HOOK_CALL = Usage.model_construct(transitions=1, lambda_calls=1)
"""The hook, inside its Map state. That state is followed by an evaluation, in place of WaitForMetrics."""

PER_EVALUATION = Usage.model_construct(transitions=3, lambda_calls=1, reads=2, writes=2)
"""WaitForMetrics, JudgeCanary, ChooseNextMove: the lock and the number of live rollouts are read; the evaluation, and
the status for the dashboard, are written to the ledger. An evaluation that writes the lock leaves no status."""


PER_CANARY_LOG = Usage.model_construct(transitions=1, lambda_calls=1, metrics=4, log_queries=3)
"""ReadCanaryLogs, which runs only after a rollback; what its queries scan comes on top."""


class Cost(Value):
    """The cost of a rollout in US cents, in total and by service, with the counts and assumptions behind it."""

    us_cents: float
    parts: dict[str, float]
    counts: Usage
    assumed: str = ASSUMED
    dashboard: str = Field(default="", description="What the dashboard costs.")


def format_dashboard_cost() -> str:
    """Return what the stack's dashboard costs, which no rollout adds to, as a sentence part."""
    refresh = LAMBDA_CALL + LAMBDA_GB * LAMBDA_SECONDS * GB_SECOND + DASHBOARD_READS * READ_UNIT
    return (
        f"the dashboard of the stack costs {DASHBOARD_MONTH:g} US dollars a month beyond the three that are free, and"
        f" {100 * 60 * refresh:.2f} US cents for each hour that it is open, at a refresh a minute and"
        f" {DASHBOARD_ROLLOUTS} live rollouts"
    )


class CanaryLogsCost(Value):
    """The most that reading the canary's log costs after a rollback, in US cents, and what its queries scan."""

    us_cents: float
    log_queries: int
    log_gb: float


def usage(policy: Policy, metrics_in_step: int, metrics_in_bake: int) -> Usage:
    """Return the most that a rollout uses if no step is extended; an approval takes its timeout, and a pause no time.

    Each hook decides at its first call.

    `metrics_in_step` and `metrics_in_bake` are the CloudWatch metrics that an evaluation reads.
    """
    in_bake = policy.evaluations_in(policy.bake)
    in_steps = policy.planned_evaluations - in_bake
    evaluations = PER_EVALUATION * policy.planned_evaluations
    metrics = Usage(metrics=in_steps * metrics_in_step + in_bake * metrics_in_bake)
    gates = PER_GATE * sum(step.gate is not None for step in policy.steps)
    hooks = PER_HOOK_CALL * sum(map(len, policy.called_hooks))
    return PER_ROLLOUT + PER_STEP * len(policy.steps) + gates + hooks + evaluations + metrics


def log_usage(policy: Policy, bytes_per_second: float, timing: Timing) -> Usage:
    """Return what the log queries of a rollout scan if no step is extended; empty without the metric logs.

    The first query reads stable's history, and each one reads again what can still arrive late.
    """
    if policy.log_metric is None:
        return Usage()
    periods = HISTORY_PERIODS + (LATE_PERIODS + 1) * policy.planned_evaluations
    seconds = policy.planned_seconds + periods * timing.period_seconds + policy.planned_evaluations * timing.lag_seconds
    return Usage(log_queries=policy.planned_evaluations, log_gb=round(seconds * bytes_per_second / 1e9, 3))


def canary_logs_usage(policy: Policy, bytes_per_second: float) -> Usage:
    """Return the most that reading the canary's log adds to a rollout that is rolled back.

    ReadCanaryLogs queries the log of both versions, of at most half an hour, and reads the calls of each. A third query
    finds the requests of lines that name none.
    """
    seconds = min(policy.planned_seconds, LONGEST_MINUTES * 60)
    return PER_CANARY_LOG + Usage(log_gb=round(PER_CANARY_LOG.log_queries * seconds * bytes_per_second / 1e9, 3))


def canary_logs_cost(policy: Policy, bytes_per_second: float) -> CanaryLogsCost:
    """Return the price of reading the canary's log at list price."""
    used = canary_logs_usage(policy, bytes_per_second)
    return CanaryLogsCost(us_cents=cost(used).us_cents, log_queries=used.log_queries, log_gb=used.log_gb)


def cost(used: Usage) -> Cost:
    """Return the cost of this usage at list price."""
    dollars = {
        "step_functions": used.transitions * TRANSITION,
        "cloudwatch": used.metrics * METRIC,
        "lambda": used.lambda_calls * (LAMBDA_CALL + LAMBDA_GB * LAMBDA_SECONDS * GB_SECOND),
        "dynamodb": used.writes * UNITS_PER_WRITE * WRITE_UNIT + used.reads * READ_UNIT,
        "eventbridge": used.events * CUSTOM_EVENT,
        "log_queries": used.log_gb * LOG_GB,
    }
    parts = {service: round(100 * part, 4) for service, part in dollars.items()}
    return Cost(
        us_cents=round(100 * sum(dollars.values()), 2), parts=parts, counts=used, dashboard=format_dashboard_cost()
    )
