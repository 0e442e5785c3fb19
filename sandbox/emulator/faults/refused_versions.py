"""Refuses the calls of a version before any code runs, as Lambda does where it may not use the version's KMS key.

A fault with the action `lambda:RunVersion` and the caller `version 2` refuses the calls of version 2; `contains` names
the function. The caller gets an HTTP error of 502, and no metric counts the call.
"""

from sandbox.emulator.faults import injection
from sandbox.emulator.lambda_ import routing

ACTION = "lambda:RunVersion"


def _is_refused(call: routing.Call) -> bool:
    fault = injection.take_match(ACTION, f"version {call.version}", call.function_name) if injection.active else None
    if fault:
        fault.applied += 1
    return fault is not None


routing.refusals.append(_is_refused)
