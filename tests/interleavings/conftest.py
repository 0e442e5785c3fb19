"""Connects the shipped handlers to the scenario's AWS in memory."""

import importlib
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from rollout.admission import successor
from rollout.aws.boto import clients
from tests.interleavings.actors import write_call
from tests.interleavings.release_world import RELEASE_STATE_MACHINE
from tests.interleavings.scenario import POLICY, Scenario
from tests.interleavings.tag_world import TagWorld
from tests.samples import EXECUTION, TARGET

HANDLERS = (
    "close_release",
    "close_rollout",
    "guardian",
    "judge_canary",
    "judge_release",
    "prepare_release",
    "prepare_rollout",
    "promote_version",
    "read_canary_logs",
    "roll_back",
    "shift_traffic",
    "start_rollout",
    "take_command",
)
_EXAMPLES = 300
_MAX_TRIES = 3
"""So few that a version that waits soon leaves its place to another execution."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples", type=int, help=f"play this many random orders, not the same {_EXAMPLES} every time")


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many orders of events to play."""
    return request.config.getoption("--examples", default=None) or _EXAMPLES


@pytest.fixture
def is_deterministic(request: pytest.FixtureRequest) -> bool:
    """Whether to play the same orders every time."""
    return request.config.getoption("--examples", default=None) is None


class Scenarios:
    """Keeps the scenario that the handlers' clients belong to."""

    def __init__(self) -> None:
        self.current = Scenario()

    def play(self, scenario: Any) -> None:
        """Let the handlers play in another scenario."""
        self.current = scenario

    def new(self) -> Scenario:
        """Replace the current scenario by a new one, and return it."""
        self.current = Scenario()
        return self.current


@pytest.fixture
def scenarios(monkeypatch: pytest.MonkeyPatch) -> Scenarios:
    """The handlers' scenarios."""
    return connected_scenarios(monkeypatch)


def connected_scenarios(monkeypatch: pytest.MonkeyPatch) -> Scenarios:
    """Return the handlers' scenarios.

    Logs, metrics, alarms, events and measurements are replaced: no promise needs them.
    """
    scenarios = Scenarios()
    _replace_clients(monkeypatch, scenarios)
    for name in HANDLERS:
        app = importlib.import_module(f"functions.{name}.app")
        monkeypatch.setattr(app, "datetime", SimpleNamespace(now=lambda _zone: scenarios.current.now), raising=False)
        for output in ("logger", "metrics"):
            monkeypatch.setattr(app, output, _Ignore(), raising=False)
    names = ("functions.judge_canary.app", "rollout.lifecycle.evaluate")
    judge_canary, evaluate = map(importlib.import_module, names)
    monkeypatch.setattr(
        judge_canary, "observe_rollout", lambda rollout, _now: (rollout, None if rollout.is_before_traffic else rollout)
    )
    monkeypatch.setattr(evaluate, "judge", lambda rollout, _policy: scenarios.current.judge(rollout))
    freezes = SimpleNamespace(find=lambda: scenarios.current.freeze)
    monkeypatch.setattr(importlib.import_module("rollout.tasks.find_hold"), "freezes", lambda: freezes)
    monkeypatch.setattr(successor, "MAX_TRIES", _MAX_TRIES)
    for key, value in _settings().items():
        monkeypatch.setenv(key, value)
    return scenarios


def _replace_clients(monkeypatch: pytest.MonkeyPatch, scenarios: Scenarios) -> None:
    monkeypatch.setattr(clients, "lambda_client", lambda: scenarios.current.lambda_)
    monkeypatch.setattr(clients, "fast_lambda_client", lambda: scenarios.current.lambda_)
    monkeypatch.setattr(clients, "dynamodb_client", lambda: scenarios.current.dynamodb)
    monkeypatch.setattr(clients, "stepfunctions_client", lambda: scenarios.current.step_functions)
    monkeypatch.setattr(clients, "tagging_client", lambda: scenarios.current.tagging)
    monkeypatch.setattr(clients, "cloudwatch_client", lambda: None)
    without_calls = SimpleNamespace(get_metric_data=lambda **_: {"MetricDataResults": []})
    monkeypatch.setattr(clients, "fast_logs_client", LogsWithoutLines)
    monkeypatch.setattr(clients, "fast_cloudwatch_client", lambda: without_calls)
    published = SimpleNamespace(put_events=lambda **_: {"FailedEntryCount": 0}, publish=lambda **_: {})
    monkeypatch.setattr(clients, "events_client", lambda: published)
    monkeypatch.setattr(clients, "sns_client", lambda: published)
    history = SimpleNamespace(paginate=lambda **_: [{"Events": []}])
    monkeypatch.setattr(clients, "cloudtrail_client", lambda: SimpleNamespace(get_paginator=lambda _name: history))


@pytest.fixture
def tag_world(scenarios: Scenarios) -> Iterator[TagWorld]:
    """Two functions with the tag of a release."""
    world = TagWorld()
    scenarios.play(world)
    yield world
    world.kill_every_actor()


class LogsWithoutLines:
    """Logs in which no version has a line; a query can be throttled, and the task killed in it."""

    def start_query(self, **_: object) -> dict[str, str]:
        query: dict[str, str] = write_call(lambda: {"queryId": "query-1"})
        return query

    def get_query_results(self, **_: object) -> dict[str, Any]:
        return {"status": "Complete", "results": []}


def _settings() -> dict[str, str]:
    return {
        "METRIC_PERIOD_SECONDS": "60",
        "METRIC_LAG_SECONDS": "120",
        "ALIAS_READ_SECONDS": "900",
        "STATE_MACHINE_ARN": EXECUTION.arn.rpartition(":")[0].replace(":execution:", ":stateMachine:"),
        "RELEASE_STATE_MACHINE_ARN": RELEASE_STATE_MACHINE,
        "RELEASE_WAIT_MINUTES": "30",
        "HOME_ACCOUNT_REGION": f"{TARGET.account}/{TARGET.region}",
        "CANARY_LOGS": "on",
        "LEDGER_TABLE": "ledger",
        "BUS_NAME": "rollouts",
        "METRICS_BY_FUNCTION": "true",
        "TOPIC_ARN": f"arn:aws:sns:{TARGET.region}:{TARGET.account}:rollouts",
        "CHAT_TOPIC_ARN": f"arn:aws:sns:{TARGET.region}:{TARGET.account}:chats",
        "NOTIFY_ON": "rolled_back",
        "DEFAULT_POLICY": json.dumps(POLICY),
    }


class _Ignore:
    """An object whose every method does nothing."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_, **__: None
