"""What a rollout uses, and what that costs at list price.

Prices are those of us-east-1 in US dollars, as of November 2026: Step Functions' from its own price page; CloudWatch's,
DynamoDB's (on demand), Lambda's (arm64) and EventBridge's as others cite theirs. Nothing is taken off for free tiers;
logs, traces and notices to people are not counted. Lambda's time and the entries' size are assumptions, as nothing of
ours has been measured on AWS.
"""

from rollout.domain.models import Value
from rollout.policy.policy import Policy

TRANSITION = 0.025 / 1_000
METRIC = 0.01 / 1_000
LAMBDA_CALL = 0.20 / 1_000_000
GB_SECOND = 0.0000133334
WRITE_UNIT = 0.625 / 1_000_000
READ_UNIT = 0.125 / 1_000_000
CUSTOM_EVENT = 1.00 / 1_000_000

LAMBDA_GB = 0.5
LAMBDA_SECONDS = 0.5
UNITS_PER_WRITE = 2

ASSUMED = (
    "list prices of us-east-1, 2026-11, without free tiers; no step held on; each Lambda call takes 0.5 s with 512 MB;"
    " each entry of the ledger has at most 2 KB; logs, traces and notices are not counted"
)
"""What a cost rests on."""


class Usage(Value):
    """What is used of AWS, counted."""

    transitions: int = 0
    lambda_calls: int = 0
    metrics: int = 0
    reads: int = 0
    writes: int = 0
    """Of entries, in the table and in its index."""
    events: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: count + getattr(other, name) for name, count in self})

    def __mul__(self, times: int) -> "Usage":
        return Usage(**{name: count * times for name, count in self})


ONCE = Usage(transitions=6, lambda_calls=4, reads=3, writes=11, events=2)
"""PrepareRollout, ChooseStart, PromoteVersion, CloseRollout, ChooseEnding and the ending, and StartRollout's call. The
claim is taken, announced for the promotion and given back, the entry opened and closed, each in the index as well; one
more write leaves the waiting versions."""

EACH_STEP = Usage(transitions=1, lambda_calls=1, writes=2, events=1)
"""ShiftTraffic, with the claim announced."""

EACH_LOOK = Usage(transitions=3, lambda_calls=1, reads=1, writes=1)
"""WaitForMetrics, JudgeCanary, ChooseNextMove: the claim is read, the look entered."""


class Cost(Value):
    """What a rollout costs in US cents, its parts by service, the counts they come from, and what was assumed."""

    us_cents: float
    parts: dict[str, float]
    counts: Usage
    assumed: str = ASSUMED


def usage(policy: Policy, metrics_in_step: int, metrics_in_bake: int) -> Usage:
    """Return the most that a rollout uses which goes as planned; a look asks CloudWatch for so many metrics."""
    in_steps = sum(policy.evaluations_in(step.hold) for step in policy.steps)
    in_bake = policy.planned_evaluations - in_steps
    evaluations = EACH_LOOK * policy.planned_evaluations
    metrics = Usage(metrics=in_steps * metrics_in_step + in_bake * metrics_in_bake)
    return ONCE + EACH_STEP * len(policy.steps) + evaluations + metrics


def cost(used: Usage) -> Cost:
    """Return what this costs at list price."""
    dollars = {
        "step_functions": used.transitions * TRANSITION,
        "cloudwatch": used.metrics * METRIC,
        "lambda": used.lambda_calls * (LAMBDA_CALL + LAMBDA_GB * LAMBDA_SECONDS * GB_SECOND),
        "dynamodb": used.writes * UNITS_PER_WRITE * WRITE_UNIT + used.reads * READ_UNIT,
        "eventbridge": used.events * CUSTOM_EVENT,
    }
    parts = {service: round(100 * part, 4) for service, part in dollars.items()}
    return Cost(us_cents=round(100 * sum(dollars.values()), 2), parts=parts, counts=used)
