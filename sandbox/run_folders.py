"""Gives each run folders of its own: two runs at once of one program share no build and no log."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

RUNS = Path(__file__).parent.parent / ".sandbox"


@contextmanager
def own_folder(name: str, runs: Path = RUNS) -> Iterator[Path]:
    """Yield a folder that no other run has until this one ends: `name`, or else `name-2` and so on.

    A lock of the folder keeps it. The lock ends with the process, and the folder stays, with its contents, for the next
    run.
    """
    descriptor = -1
    for folder in (runs / (name if number == 1 else f"{name}-{number}") for number in count(1)):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        os.close(descriptor)
    try:
        yield folder
    finally:
        os.close(descriptor)
