"""Gives each run folders of its own: two runs at once of one program share no build and no log."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sandbox.server import ROOT

RUNS = ROOT / ".sandbox"


@contextmanager
def run_name(name: str, runs: Path = RUNS) -> Iterator[str]:
    """Yield a name that no other run has until this one ends: `name`, or else `name-2` and so on.

    A lock of the folder for its build keeps it. The lock ends with the process, and the folder stays for the next run.
    """
    descriptor = -1
    for own in (name if number == 1 else f"{name}-{number}" for number in count(1)):
        folder = build_folder(own, runs)
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        os.close(descriptor)
    try:
        yield own
    finally:
        os.close(descriptor)


def build_folder(name: str, runs: Path = RUNS) -> Path:
    """Return the folder in which `sam` builds for the run of this name."""
    return runs / f"{name}-build"
