"""Promises about how many requests AWS takes."""

from sandbox.emulator.selftest.control_plane import _session
from sandbox.emulator.selftest.faults import _order
from sandbox.emulator.selftest.stage import Stage, code_of


def _limited(stage: Stage) -> bool:
    """Lambda takes so many requests of functions a second, GetFunction and people's own aside."""
    mover, alias = stage.client("lambda", *_session(stage)), {"FunctionName": "tried", "Name": "live"}
    mover.meta.events.unregister("needs-retry.lambda", unique_id="retry-config-lambda")  # refused once is enough
    _order(stage, "request-rate", a_second=0)
    try:
        mover.get_function(FunctionName="tried")
        stage.lambda_.get_alias(**alias)
        refused = code_of(mover.get_alias, **alias)
    finally:
        _order(stage, "request-rate")
    mover.get_alias(**alias)
    return refused == "TooManyRequestsException"


PROMISES = [_limited]
