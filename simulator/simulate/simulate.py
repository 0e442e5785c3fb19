"""`simulate`: runs a policy against simulated traffic, thousands of times."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from rollout.auto.choose import choose
from rollout.policy.policy import Policy
from simulator.bursts.shape import Correlation
from simulator.evaluation_loop import ON_AWS
from simulator.files import InvalidInputError
from simulator.metrics import ERRORS, SLOW, counts_slow, ignore_unsupported
from simulator.simulate.findings import findings
from simulator.simulate.load import HEALTHY, Load
from simulator.simulate.one_rollout import RolloutResult, Scenario
from simulator.simulate.parallel import run_all
from simulator.simulate.report import Report, report_steps, report_version


@dataclass(frozen=True)
class Simulation:
    """The report, with the two scenarios and their results: first of the healthy version, then of the bad one."""

    report: Report
    scenarios: list[Scenario]
    results: list[list[RolloutResult]]

    def with_learned(self, sentence: str | None) -> "Simulation":
        """Return the simulation with a sentence on what a recording shows of the load."""
        return replace(self, report=self.report.model_copy(update={"learned": sentence}))


def simulate(
    policy: Policy, load: Load, rollouts: int, seed: int, report_progress: Callable[[int], object]
) -> Simulation:
    """Run this many rollouts of the healthy version and of the bad version.

    Calls `report_progress` with the number of rollouts that have ended since the last call. Raises InvalidInputError
    if the policy has no critical metric that can be simulated, or does not measure the slowdown of the load.
    """
    policy, unsupported = ignore_unsupported(policy, [ERRORS, SLOW], "A simulation")
    auto = choose(policy, load.recent_day(), ON_AWS) if policy.is_auto else None
    policy = auto.policy if auto else policy
    has_slow = counts_slow(policy)
    _check_slowdown(load, has_slow=has_slow)
    scenarios = [Scenario(policy, load, seed, version) for version in (HEALTHY, load.bad_version)]
    results = run_all(scenarios, rollouts, report_progress)
    report = Report(
        policy=policy,
        auto=auto.sentence if auto else None,
        unsupported_metrics=unsupported,
        calls_per_minute=load.calls_per_minute,
        error_percent=load.error_percent,
        bursts=load.bursts.value if isinstance(load.bursts, Correlation) else str(load.bursts),
        regression=load.regression,
        slow_percent=load.slow_percent if has_slow else None,
        slowdown=load.slowdown if has_slow else None,
        rollouts=rollouts,
        seed=seed,
        healthy=report_version(results[0], scenarios[0]),
        bad=report_version(results[1], scenarios[1]),
        steps=report_steps(results[0], policy, load),
    )
    return Simulation(report.model_copy(update={"findings": findings(report)}), scenarios, results)


def _check_slowdown(load: Load, *, has_slow: bool) -> None:
    if load.slowdown != 1 and not has_slow:
        raise InvalidInputError(
            f"--slowdown is {load.slowdown:g}, but the policy does not measure slow calls."
            " Add the metric slow to the policy, or leave out --slowdown."
        )
