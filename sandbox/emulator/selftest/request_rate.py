"""Checks of the request limit."""

from sandbox.accounts import MEMBER
from sandbox.emulator.selftest.fixtures import REGION, Fixture, code_of, send_control_request
from sandbox.emulator.selftest.lambda_ import assume_mover
from sandbox.emulator.selftest.member_accounts import start_update
from sandbox.emulator.selftest.stepfunctions import end_of


def _requests_limited(fixture: Fixture) -> bool:
    """Lambda limits the requests a second of functions and state machines, except GetFunction, but not users."""
    mover, alias = fixture.client("lambda", *assume_mover(fixture)), {"FunctionName": "example", "Name": "live"}
    mover.meta.events.unregister("needs-retry.lambda", unique_id="retry-config-lambda")  # without retries
    member_function = f"arn:aws:lambda:{REGION}:{MEMBER}:function:example"
    send_control_request(fixture, "set-request-rate", per_second=0)
    try:
        mover.get_function(FunctionName="example")
        fixture.lambda_.get_alias(**alias)
        refused = code_of(mover.get_alias, **alias)
        start_update(fixture, "updates-throttled", "writer", member_function)
        failed = end_of(fixture, "updates-throttled")["error"]
    finally:
        send_control_request(fixture, "set-request-rate")
    mover.get_alias(**alias)
    return (refused, failed) == ("TooManyRequestsException", "Lambda.TooManyRequestsException")


CHECKS = [_requests_limited]
