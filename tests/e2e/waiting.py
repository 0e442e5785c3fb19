"""Polling, for a state of the deployed stack that is reached some time later."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

POLL_SECONDS = 0.3
HANG_SECONDS = 300
"""What takes longer than this hangs, however busy the machine is."""
Result = TypeVar("Result")


def wait_for(read: Callable[[], Result], failure: Callable[[], str], within_seconds: float = HANG_SECONDS) -> Result:
    """Return the first result that is true; fail the test with a sentence if there is none in time."""
    deadline = time.monotonic() + within_seconds
    while not (result := read()):
        if time.monotonic() > deadline:
            pytest.fail(f"{failure()} (waited for {within_seconds} s)")
        time.sleep(POLL_SECONDS)
    return result
