"""`simulate`: a policy against simulated traffic, thousands of times."""

from collections.abc import Callable
from dataclasses import dataclass

from rollout.policy import Policy
from simulator.crowd import play_all
from simulator.findings import findings
from simulator.report import Report, fate, step_fates
from simulator.traffic import Load
from simulator.trial import Played, Question


@dataclass(frozen=True)
class Simulated:
    """The answer, with the two questions and the rollouts it is drawn from: healthy versions', then bad ones'."""

    report: Report
    questions: list[Question]
    played: list[list[Played]]


def simulate(policy: Policy, load: Load, rollouts: int, seed: int, tell: Callable[[int], object]) -> Simulated:
    """Play so many rollouts of a healthy version and of a bad one; `tell` hears how many more are done."""
    questions = [Question(policy, load, seed, times) for times in (1, load.regression)]
    healthy, bad = played = play_all(questions, rollouts, tell)
    report = Report(
        policy=policy,
        calls_per_minute=load.calls_per_minute,
        error_percent=load.error_percent,
        bursts=load.bursts,
        regression=load.regression,
        rollouts=rollouts,
        seed=seed,
        healthy=fate(healthy, 1, load),
        bad=fate(bad, load.regression, load),
        steps=step_fates(healthy, policy, load),
    )
    return Simulated(report.model_copy(update={"findings": findings(report)}), questions, played)
