"""Rollouts by the shipped code, in the simulator's loop."""

from benchmarks.auto.cases import DAY_SECONDS, Fault, Outcome
from rollout.auto.choose import choose
from rollout.domain.enums import Move
from rollout.policy.policy import Policy, read_policy
from simulator.evaluation_loop import ON_AWS
from simulator.simulate.one_rollout import RolloutResult, Scenario, run_rollout


def plan(written: dict[str, object], calls_per_minute: float, fault: Fault) -> Policy:
    """Return the concrete policy for a traffic."""
    policy = read_policy(written)
    return choose(policy, fault.load(calls_per_minute).recent_day(), ON_AWS).policy if policy.is_auto else policy


def run(written: dict[str, object], calls_per_minute: float, fault: Fault, numbers: range) -> list[Outcome]:
    """Return the outcomes of the rollouts with these numbers; a number always gives the same outcome."""
    policy = plan(written, calls_per_minute, fault)
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
