"""Runs thousands of rollouts on all cores; the results do not depend on the number of cores."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed

from simulator.simulate.one_rollout import RolloutResult, Scenario, run_rollout

_BATCH_SIZE = 20
"""How many rollouts a process runs before it returns their results."""

_Batch = tuple[Scenario, range]


def run_all(
    scenarios: list[Scenario], rollouts: int, report_progress: Callable[[int], object]
) -> list[list[RolloutResult]]:
    """Return the results of each scenario, in the order of the rollouts' numbers.

    Calls `report_progress` with the number of rollouts that have ended since the last call.
    """
    ranges = [range(first, min(first + _BATCH_SIZE, rollouts)) for first in range(0, rollouts, _BATCH_SIZE)]
    batches = [(scenario, numbers) for scenario in scenarios for numbers in ranges]
    run = _run_in_processes if len(batches) > len(scenarios) else _run_here
    results = run(batches, report_progress)
    starts = range(0, len(batches), len(ranges))
    return [[result for batch in results[start : start + len(ranges)] for result in batch] for start in starts]


def _run_here(batches: list[_Batch], report_progress: Callable[[int], object]) -> list[list[RolloutResult]]:
    results = []
    for batch in batches:
        results.append(_run_batch(*batch))
        report_progress(len(results[-1]))
    return results


def _run_in_processes(batches: list[_Batch], report_progress: Callable[[int], object]) -> list[list[RolloutResult]]:
    # Spawned, not forked: a fork of a process with threads can deadlock.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn, initializer=_leave_ctrl_c_to_the_parent) as pool:
        futures = [pool.submit(_run_batch, *batch) for batch in batches]
        try:
            return _collect(futures, report_progress)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _collect(
    futures: list[Future[list[RolloutResult]]], report_progress: Callable[[int], object]
) -> list[list[RolloutResult]]:
    for future in as_completed(futures):
        report_progress(len(future.result()))
    return [future.result() for future in futures]


def _run_batch(scenario: Scenario, numbers: range) -> list[RolloutResult]:
    return [run_rollout(scenario, number) for number in numbers]


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
