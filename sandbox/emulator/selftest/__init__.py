"""A trial of every extended behaviour, through the front door, before the emulator is announced.

MiniStack may change under its private names without an error: one older version started well, and
routed every call to the primary version.
"""

from importlib.metadata import version

from sandbox.emulator.selftest import buses, control_plane, faults, members, metrics, rates, workflows
from sandbox.emulator.selftest.stage import Stage

# What takes its time is begun first and looked at last.
PROMISES = [
    *workflows.BEGUN,
    *members.BEGUN,
    *control_plane.PROMISES,
    *metrics.PROMISES,
    *workflows.PROMISES,
    *buses.PROMISES,
    *members.PROMISES,
    *faults.PROMISES,
    *rates.PROMISES,
]


class SeamBrokenError(Exception):
    """When MiniStack does not do what the sandbox makes it do."""


def run(url: str) -> None:
    """Try every promise on a stage of its own, and sweep the stage whatever happens."""
    stage = Stage(url)
    try:
        stage.set_up()
        for promise in PROMISES:
            try:
                kept = promise(stage)
            except Exception as error:
                raise SeamBrokenError(_sentence(promise.__doc__, repr(error))) from error
            if not kept:
                raise SeamBrokenError(_sentence(promise.__doc__, "it did not"))
    finally:
        stage.sweep()


def _sentence(promise: str | None, what_happened: str) -> str:
    return (
        f'The sandbox promises "{(promise or "").rstrip(".")}", but with MiniStack {version("ministack")} '
        f"{what_happened}; see sandbox/emulator, or go back to the pinned version with `make setup`."
    )
