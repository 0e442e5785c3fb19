"""Measures warm answers of the widget's handler beside a handler that reads one item of the ledger."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any, NamedTuple

from rollout.aws.boto import clients
from rollout.aws.dynamodb.shown_rollouts import shown_rollouts
from rollout.aws.powertools import logger
from rollout.state.rollout import Rollout

APP = Path(__file__).parents[2] / "functions" / "show_rollouts" / "app.py"
_CONTEXT = SimpleNamespace(
    function_name="customWidgetShowRollouts",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:customWidgetShowRollouts-lambda-rollouts",
    aws_request_id="request",
    log_group_name="/aws/lambda/rollouts",
)


class Answer(NamedTuple):
    """A warm answer of a handler."""

    name: str
    milliseconds: float
    """The median of all turns."""
    queries: int
    kilobytes: float


def measure(rollout: Rollout, turns: int) -> list[Answer]:
    """Return the answers of a bare handler, of the overview and of the detail of a rollout."""
    handler = _handler()
    target, entry = rollout.target, f"rollout#{rollout.execution.started_at:%Y-%m-%dT%H:%M:%S.000Z}"
    key = {
        "target": f"{target.account}/{target.region}/{target.function}/{target.alias}",
        "entry": f"{entry}#{rollout.execution.name}",
    }
    return [
        _measured("a handler that reads one item", lambda: _bare(key, _CONTEXT), turns),
        _measured("the overview", lambda: handler({"view": "overview"}, _CONTEXT), turns),
        _measured("the detail", lambda: handler({"view": "detail", "rollout": key}, _CONTEXT), turns),
    ]


@logger.inject_lambda_context
def _bare(key: dict[str, str], _context: object) -> str:
    lock = shown_rollouts().find_lock(key["target"])
    return lock.canary_version if lock else ""


def _handler() -> Callable[[object, object], str]:
    spec = importlib.util.spec_from_file_location("show_rollouts", APP)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(APP)
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Callable[[object, object], str] = module.handler
    return handler


def _measured(name: str, answer: Callable[[], str], turns: int) -> Answer:
    calls: list[str] = []
    clients.dynamodb_client().meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    html = answer()  # the first answer is cold
    queries, seconds = len(calls), []
    for _ in range(turns):
        start = time.perf_counter()
        answer()
        seconds.append(time.perf_counter() - start)
    return Answer(name, 1000 * median(seconds), queries, len(html.encode()) / 1000)
