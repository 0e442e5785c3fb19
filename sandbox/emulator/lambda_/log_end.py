"""Finds the end of the log of one invocation, however late a busy machine delivers the lines."""

import queue
import time

END = "\x1e"
"""A function's process writes it to its standard error after each invocation, as the last character of a line."""


def lines_until_end(lines: "queue.Queue[str]", seconds: float) -> list[str]:
    """Return the lines before the end; without an end after so many seconds, those that have arrived."""
    found: list[str] = []
    deadline = time.monotonic() + seconds
    while not (found and found[-1].endswith(END)):
        try:
            found.append(lines.get(timeout=max(0.0, deadline - time.monotonic())))
        except queue.Empty:
            return found
    last = found.pop().removesuffix(END)
    return [*found, last] if last else found
