"""The hooks of docs/hooks.md return what a rollout reads, for a version that works and for one that does not."""

import io
import json
import runpy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from rollout.lifecycle.hooks.answer import Kind, read_answer
from rollout.state.hooks.call import HookEvent
from tests.adopting.workshop import EXAMPLES
from tests.hooks import evaluated, with_hooks

HOOK_RUN = evaluated(with_hooks("each_step")).hook_run
assert HOOK_RUN
EVENT: HookEvent = HOOK_RUN.calls[0].event
Answer = tuple[object, bool]
"""What a version returns, and whether it is an error."""


@pytest.fixture
def call(monkeypatch) -> Callable[..., Any]:
    """Call the handler of an example; `answer` is that of the version, and the calls are kept in `made`."""

    def call_example(path: str, answer: Answer = (None, False), **variables: str) -> tuple[Any, list[dict[str, Any]]]:
        made: list[dict[str, Any]] = []

        def invoke(**request: Any) -> dict[str, Any]:
            made.append(request)
            body, is_error = answer
            response = {"Payload": io.BytesIO(json.dumps(body).encode())}
            return response | ({"FunctionError": "Unhandled"} if is_error else {})

        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "client", lambda _service: SimpleNamespace(invoke=invoke))
        example = runpy.run_path(str(EXAMPLES / path))
        example["handler"].__globals__["time"] = _Clock()
        return example["handler"](EVENT.model_dump(mode="json"), None), made

    return call_example


class _Clock:
    """A clock that a pause moves on, and nothing else."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


def kind_of(returned: object) -> Kind:
    return read_answer({"answer": json.dumps(returned)}).kind


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (({"statusCode": 200}, False), Kind.HEALTHY, "2 of 2 paths answer"),
        (({"statusCode": 503}, False), Kind.UNHEALTHY, "GET /health answers 503"),
        (({"body": "ok"}, False), Kind.UNHEALTHY, "GET /health answers without a status code"),
        (({"errorMessage": "no module named shop"}, True), Kind.UNHEALTHY, "GET /health raises no module named shop"),
    ],
)
def test_smoke_test_calls_the_version_and_reads_its_status(call, answer, kind, reason):
    returned, made = call("hook-smoke-test/app.py", answer, PATHS="/health,/orders")
    assert (kind_of(returned), returned["reason"]) == (kind, reason)
    assert {request["FunctionName"] for request in made} == {EVENT.canary_arn}
    assert json.loads(made[0]["Payload"])["requestContext"]["http"]["path"] == "/health"


@pytest.mark.parametrize("is_error", [False, True])
@pytest.mark.parametrize(("minutes", "kind"), [("1e9", Kind.AGAIN), ("0", Kind.HEALTHY)])
def test_load_calls_the_alias_until_its_minutes_are_over(call, is_error, minutes, kind):
    """An error of a version is counted by Lambda, and is not the hook's."""
    returned, made = call("hook-load/app.py", (None, is_error), CALLS_PER_SECOND="2", MINUTES=minutes)
    assert kind_of(returned) is kind
    assert {request["FunctionName"] for request in made} == {EVENT.alias_arn}
    assert len(made) == 60


@pytest.mark.parametrize(("is_error", "kind"), [(False, Kind.HEALTHY), (True, Kind.UNHEALTHY)])
def test_hook_that_is_moved_over_returns_its_verdict(call, is_error, kind):
    returned, made = call("codedeploy-hook/after.py", ("out of stock", is_error))
    assert (kind_of(returned), [request["FunctionName"] for request in made]) == (kind, [EVENT.canary_arn])
    assert returned["reason"] == '"out of stock"'
