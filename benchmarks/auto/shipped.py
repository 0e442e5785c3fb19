"""Rollouts by the shipped code, in the simulator's loop."""

from functools import lru_cache

from benchmarks.auto.cases import DAY_SECONDS, HEALTHY, Fault, Outcome
from rollout.auto.choose import choose
from rollout.auto.plan import AutoPlan
from rollout.domain.enums import Move
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy
from simulator.evaluation_loop import ON_AWS
from simulator.simulate.one_rollout import RolloutResult, Scenario, run_rollout


@lru_cache
def auto_plan(calls_per_minute: float) -> AutoPlan:
    """Return what Auto chooses for a traffic under the default policy: a second of CPU, so each process does it once.

    The day before the rollout is stable's, so it is the same for every version.
    """
    return choose(Policy(), HEALTHY.load(calls_per_minute).recent_day(), ON_AWS)


def run(written: dict[str, object], calls_per_minute: float, fault: Fault, numbers: range) -> list[Outcome]:
    """Return the outcomes of the rollouts with these numbers; a number always gives the same outcome."""
    policy = read_policy(written)
    policy = auto_plan(calls_per_minute).policy if policy.is_auto else policy
    scenario = Scenario(policy, fault.load(calls_per_minute), seed=11, version=fault.version)
    return [_outcome(run_rollout(scenario, number), calls_per_minute, fault) for number in numbers]


def _outcome(result: RolloutResult, calls_per_minute: float, fault: Fault) -> Outcome:
    is_promoted = result.move is Move.FINISH
    later_seconds = max(DAY_SECONDS - result.seconds, 0) if is_promoted else 0
    return Outcome(
        is_rolled_back=result.move is Move.ROLL_BACK,
        is_promoted=is_promoted,
        seconds=result.seconds,
        failed_calls=result.canary.bad + later_seconds / 60 * calls_per_minute * fault.error_percent / 100,
    )
