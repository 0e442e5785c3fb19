"""Runs every case, in processes, and returns its outcomes."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import starmap

from benchmarks.auto import codedeploy, shipped
from benchmarks.auto.cases import (
    BUSY_CALLS,
    FAILS_EVERY_CALL,
    FAILS_FIFTH,
    FAULTS,
    HEALTHY,
    TRAFFICS,
    Fault,
    Outcome,
    traffics_of,
)

AUTO: dict[str, object] = {}
"""The default policy."""

FIXED_STEPS: dict[str, object] = {
    "steps": [{"percent": 5, "hold": "5m"}, {"percent": 25, "hold": "10m"}, {"percent": 50, "hold": "10m"}]
}
"""The same steps for every traffic, for the comparison of the choices of on_inconclusive."""

CHOICES = ("promote", "roll_back", "hand_over", "extend")
_BATCH = 2


@dataclass(frozen=True)
class Result:
    """The outcomes of one way to roll out one version at one traffic."""

    way: str
    traffic: str
    fault: Fault
    outcomes: list[Outcome]


@dataclass(frozen=True)
class Repetitions:
    """How many rollouts there are of each kind; the tables state the 95 % interval that they leave."""

    healthy: int = 200
    """Where the evidence decides, and a false rollback is possible."""
    quiet: int = 80
    """Healthy versions where only the guards decide: their rollouts take longest to simulate."""
    bad: int = 40
    choices: int = 6
    extended: int = 2
    """Each waits for 2,500 evaluations where there are too few calls."""
    deployments: int = 2000
    """By CodeDeploy, which take no time to simulate."""

    def of(self, fault: Fault, calls_per_minute: float) -> int:
        """Return the number of Auto's rollouts of one version at one traffic."""
        if not fault.is_healthy:
            return self.bad
        return self.healthy if calls_per_minute >= BUSY_CALLS else self.quiet


def measure_auto(repetitions: Repetitions, processes: int) -> list[Result]:
    """Return the results of Auto and of CodeDeploy with either alarm."""
    cases = [(traffic, calls, fault) for fault in FAULTS for traffic, calls in traffics_of(fault)]
    results = []
    with ProcessPoolExecutor(processes) as workers:
        for traffic, calls, fault in cases:
            outcomes = _run_batches(workers, partial(shipped.run, AUTO, calls, fault), repetitions.of(fault, calls))
            results.append(Result("Auto", traffic, fault, outcomes))
    for traffic, calls, fault in cases:
        for alarm in (codedeploy.ERRORS_ALARM, codedeploy.RATE_ALARM):
            outcomes = codedeploy.run(alarm, calls, fault, repetitions.deployments)
            results.append(Result(alarm, traffic, fault, outcomes))
    return results


def measure_choices(repetitions: Repetitions, processes: int) -> list[Result]:
    """Return the results of each choice of on_inconclusive, with fixed steps."""
    with ProcessPoolExecutor(processes) as workers:
        return list(starmap(partial(_measure_choice, workers, repetitions), _choice_cases()))


def _choice_cases() -> Iterator[tuple[str, str, Fault]]:
    for choice in CHOICES:
        for traffic in TRAFFICS:
            for fault in (HEALTHY, FAILS_FIFTH, FAILS_EVERY_CALL):
                yield choice, traffic, fault


def _measure_choice(
    workers: ProcessPoolExecutor, repetitions: Repetitions, choice: str, traffic: str, fault: Fault
) -> Result:
    count = repetitions.extended if choice == "extend" else repetitions.choices
    run = partial(shipped.run, FIXED_STEPS | {"on_inconclusive": choice}, TRAFFICS[traffic], fault)
    return Result(choice, traffic, fault, _run_batches(workers, run, count))


def _run_batches(workers: ProcessPoolExecutor, run: Callable[[range], list[Outcome]], count: int) -> list[Outcome]:
    batches = [range(first, min(first + _BATCH, count)) for first in range(0, count, _BATCH)]
    return [outcome for batch in workers.map(run, batches) for outcome in batch]
