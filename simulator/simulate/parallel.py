"""Thousands of rollouts, over all cores; the same answer on any number of them."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed

from simulator.simulate.trial import Played, Question, play

_AT_ONCE = 20
"""Rollouts handed to a process together."""


def play_all(questions: list[Question], rollouts: int, tell: Callable[[int], object]) -> list[list[Played]]:
    """Return so many rollouts of each question, in order; `tell` hears how many more are done."""
    parts = [range(first, min(first + _AT_ONCE, rollouts)) for first in range(0, rollouts, _AT_ONCE)]
    tasks = [(question, part) for question in questions for part in parts]
    played = _side_by_side(tasks, tell) if len(tasks) > len(questions) else _in_turn(tasks, tell)
    return [[one for part in played[at : at + len(parts)] for one in part] for at in range(0, len(tasks), len(parts))]


def _in_turn(tasks: list[tuple[Question, range]], tell: Callable[[int], object]) -> list[list[Played]]:
    played = []
    for task in tasks:
        played.append(_play_part(*task))
        tell(len(played[-1]))
    return played


def _side_by_side(tasks: list[tuple[Question, range]], tell: Callable[[int], object]) -> list[list[Played]]:
    # Spawned, not forked: a fork of a process with threads may never wake.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawned, initializer=_leave_ctrl_c_to_the_parent) as pool:
        futures = [pool.submit(_play_part, *task) for task in tasks]
        try:
            return _gathered(futures, tell)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _gathered(futures: list[Future[list[Played]]], tell: Callable[[int], object]) -> list[list[Played]]:
    for done in as_completed(futures):
        tell(len(done.result()))
    return [future.result() for future in futures]


def _play_part(question: Question, numbers: range) -> list[Played]:
    return [play(question, number) for number in numbers]


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
