"""The numbers of a simulation; `--json` prints this model."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel

from rollout.domain.enums import Move, Verdict
from rollout.policy.policy import Policy
from simulator.metrics import ERRORS, SLOW, counts_slow
from simulator.shares import Distribution, Share, distribution_of, share_of
from simulator.simulate.load import Load, Version
from simulator.simulate.one_rollout import RolloutResult, Scenario


class VersionReport(BaseModel, frozen=True):
    """The endings of the rollouts of one version, and what they cost."""

    error_ratio: float
    """How many times as often as stable the version fails."""
    slow_ratio: float
    """How many times as often as stable the version is slow."""
    promoted: Share
    rolled_back: Share
    """With the verdict unhealthy."""
    inconclusive: Share
    """Rolled back or handed over by `on_inconclusive`, without the verdict unhealthy."""
    reasons: dict[str, int]
    """The first clause of the judge's reason for each rollback, and how often it occurred."""
    seconds_to_promotion: Distribution | None
    """From the first shift to the end of the bake; null if no rollout was promoted."""
    seconds_to_rollback: Distribution | None
    """From the first shift; like the fields below, of the unhealthy rollouts only, and null if there are none."""
    failed_calls: Distribution | None
    """On the canary until the rollback, calls included that CloudWatch did not show yet."""
    excess_failed_calls: Distribution | None
    """The failed calls beyond those that stable would have had."""
    slow_calls: Distribution | None
    """On the canary until the rollback; like the next field, also null if the policy does not count slow calls."""
    excess_slow_calls: Distribution | None
    """The slow calls beyond those that stable would have had."""

    @property
    def version(self) -> Version:
        """The version that was rolled out."""
        return Version(self.error_ratio, self.slow_ratio)


class StepReport(BaseModel, frozen=True):
    """A step in the rollouts of the healthy version that reached it; the last one is the bake."""

    step: int
    percent: float
    hold_seconds: int
    expected_calls: float
    """The canary's expected calls within the hold."""
    too_few_calls: Share
    """The rollouts in which the hold ended before the step had enough calls."""
    duration_seconds: Distribution | None
    """Null if no rollout passed the step."""


class Report(BaseModel, frozen=True):
    """The answer of `simulate`."""

    policy: Policy
    """As it was simulated: with the steps that Auto chose; its unsupported metrics are ignored."""
    auto: str | None = None
    """What `steps: Auto` chose for this traffic and why, as a sentence part; null for other policies."""
    unsupported_metrics: list[str]
    """The names of the policy's metrics that cannot be simulated."""
    calls_per_minute: float
    error_percent: float
    bursts: float | str
    """The correlation, or the text form of another shape, such as `clumps:10`."""
    learned: str | None = None
    """What a recording shows of the load, as a sentence; null without one."""
    regression: float
    slow_percent: float | None
    """Like `slowdown`, null if the policy does not count slow calls."""
    slowdown: float | None
    rollouts: int
    seed: int
    healthy: VersionReport
    bad: VersionReport
    steps: list[StepReport]
    """Of the healthy version."""
    findings: list[str] = []
    """Reasons against the policy at this traffic; empty if the policy fits."""


def report_version(results: Sequence[RolloutResult], scenario: Scenario) -> VersionReport:
    """Return the report on the rollouts of one version."""
    promoted = [result for result in results if result.move is Move.FINISH]
    unhealthy = [result for result in results if result.move is Move.ROLL_BACK and result.verdict is Verdict.UNHEALTHY]
    with_slow = unhealthy if counts_slow(scenario.policy) else []
    stable = scenario.load.rates()
    return VersionReport(
        error_ratio=scenario.version.error_ratio,
        slow_ratio=scenario.version.slow_ratio,
        promoted=share_of(len(promoted), len(results)),
        rolled_back=share_of(len(unhealthy), len(results)),
        inconclusive=share_of(len(results) - len(promoted) - len(unhealthy), len(results)),
        reasons=dict(Counter(_first_clause(result.reason) for result in unhealthy).most_common()),
        seconds_to_promotion=distribution_of([result.seconds for result in promoted]),
        seconds_to_rollback=distribution_of([result.seconds for result in unhealthy]),
        failed_calls=distribution_of([result.canary.bad for result in unhealthy]),
        excess_failed_calls=distribution_of(
            [result.canary.bad - result.canary.calls * stable[ERRORS] for result in unhealthy]
        ),
        slow_calls=distribution_of([result.slow.bad for result in with_slow]),
        excess_slow_calls=distribution_of([result.slow.bad - result.slow.calls * stable[SLOW] for result in with_slow]),
    )


def _first_clause(reason: str) -> str:
    return reason.removeprefix(f"{Verdict.UNHEALTHY}: ").split(";")[0]


def report_steps(results: Sequence[RolloutResult], policy: Policy, load: Load) -> list[StepReport]:
    """Return the report on each step, and on the bake as the last one."""
    plan = [*((step.percent, step.hold) for step in policy.steps), (100, policy.bake)]
    return [_report_step(number, *step, results, load) for number, step in enumerate(plan, start=1)]


def _report_step(number: int, percent: float, hold: int, results: Sequence[RolloutResult], load: Load) -> StepReport:
    reached = [result for result in results if result.last_step >= number]
    ends = [(0.0, *result.passed_after) for result in reached if len(result.passed_after) >= number]
    return StepReport(
        step=number,
        percent=percent,
        hold_seconds=hold,
        expected_calls=load.calls_per_minute * percent / 100 * hold / 60,
        too_few_calls=share_of(sum(number in result.extended_steps for result in reached), len(reached)),
        duration_seconds=distribution_of([seconds[number] - seconds[number - 1] for seconds in ends]),
    )
