"""Checks every extended behaviour through the AWS API before the emulator announces that it is ready.

A release of MiniStack can change behind its private names without an error: one older version starts, and routes every
call to the alias's main version.
"""

from importlib.metadata import version

from sandbox.emulator.selftest import (
    api_destinations,
    calls,
    cloudwatch,
    embedded_metrics,
    events,
    faults,
    lambda_,
    logs,
    map_states,
    member_accounts,
    member_calls,
    s3,
    schedules,
    stepfunctions,
)
from sandbox.emulator.selftest.fixtures import Fixture

# The early checks start what takes time; later checks read its results.
CHECKS = [
    *stepfunctions.EARLY_CHECKS,
    *map_states.EARLY_CHECKS,
    *member_accounts.EARLY_CHECKS,
    *lambda_.CHECKS,
    *cloudwatch.CHECKS,
    *embedded_metrics.CHECKS,
    *logs.CHECKS,
    *stepfunctions.CHECKS,
    *map_states.CHECKS,
    *events.CHECKS,
    *api_destinations.CHECKS,
    *schedules.CHECKS,
    *member_accounts.CHECKS,
    *member_calls.EARLY_CHECKS,
    *member_calls.CHECKS,
    *faults.CHECKS,
    *calls.CHECKS,
    *s3.CHECKS,
]


class SeamBrokenError(Exception):
    """When a behaviour that the sandbox adds to MiniStack does not work."""


def run(url: str) -> None:
    """Run every check on a fixture of its own, and remove the fixture afterwards. Raises SeamBrokenError."""
    fixture = Fixture(url)
    try:
        fixture.set_up()
        for check in CHECKS:
            try:
                is_passed = check(fixture)
            except Exception as error:
                raise SeamBrokenError(_message(check.__doc__, f"raised {error!r}")) from error
            if not is_passed:
                raise SeamBrokenError(_message(check.__doc__, "had another result"))
    finally:
        fixture.reset()


def _message(behaviour: str | None, result: str) -> str:
    return (
        f'The self-test "{(behaviour or "").rstrip(".")}" {result} with MiniStack {version("ministack")}: '
        "install the pinned version with `make setup`, or correct the extension in sandbox/emulator."
    )
