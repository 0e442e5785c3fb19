"""`simulate`: a policy against simulated traffic, thousands of times."""

from collections.abc import Callable
from dataclasses import dataclass

from rollout.policy.policy import Policy
from simulator.files import UnreadableError
from simulator.metrics import ERRORS, SLOW, counts_slow, left_in
from simulator.simulate.findings import findings
from simulator.simulate.load import HEALTHY, Load
from simulator.simulate.parallel import play_all
from simulator.simulate.report import Report, fate, step_fates
from simulator.simulate.trial import Played, Question


@dataclass(frozen=True)
class Simulated:
    """The answer, with the two questions and the rollouts it is drawn from: healthy versions', then bad ones'."""

    report: Report
    questions: list[Question]
    played: list[list[Played]]


def simulate(policy: Policy, load: Load, rollouts: int, seed: int, tell: Callable[[int], object]) -> Simulated:
    """Play so many rollouts of a healthy version and of a bad one; `tell` hears how many more are done.

    Raises UnreadableError where the policy has nothing by which it could tell them apart.
    """
    policy, left_out = left_in(policy, [ERRORS, SLOW], "a simulation")
    has_slow = counts_slow(policy)
    if load.slowdown != 1 and not has_slow:
        raise UnreadableError(f"A slowdown of {load.slowdown:g} needs a policy with the metric slow: add it.")
    questions = [Question(policy, load, seed, version) for version in (HEALTHY, load.bad_version)]
    healthy, bad = played = play_all(questions, rollouts, tell)
    report = Report(
        policy=policy,
        left_out=left_out,
        calls_per_minute=load.calls_per_minute,
        error_percent=load.error_percent,
        bursts=load.bursts,
        regression=load.regression,
        slow_percent=load.slow_percent if has_slow else None,
        slowdown=load.slowdown if has_slow else None,
        rollouts=rollouts,
        seed=seed,
        healthy=fate(healthy, questions[0]),
        bad=fate(bad, questions[1]),
        steps=step_fates(healthy, policy, load),
    )
    return Simulated(report.model_copy(update={"findings": findings(report)}), questions, played)
