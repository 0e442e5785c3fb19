"""Puts the world in memory where the handlers look for AWS."""

import importlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from rollout.aws.boto import clients
from tests.interleavings.world import POLICY, World
from tests.samples import EXECUTION, TARGET

HANDLERS = (
    "close_rollout",
    "guardian",
    "judge_canary",
    "prepare_rollout",
    "promote_version",
    "roll_back",
    "shift_traffic",
)
_EXAMPLES = 300


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples", type=int, help=f"orders of events to play, and not always the same {_EXAMPLES}")


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many orders of events to play."""
    return request.config.getoption("--examples", default=None) or _EXAMPLES


@pytest.fixture
def is_steady(request: pytest.FixtureRequest) -> bool:
    """Whether to play the same orders each time."""
    return request.config.getoption("--examples", default=None) is None


class Stage:
    """The world that is played just now."""

    def __init__(self) -> None:
        self.world = World()

    def anew(self) -> World:
        """Return a new world, in which nothing has happened yet."""
        self.world = World()
        return self.world


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Where worlds are played; what no promise hangs on is silent: logs, metrics, alarms and what is measured."""
    stage = Stage()
    monkeypatch.setattr(clients, "lambda_client", lambda: stage.world.functions)
    monkeypatch.setattr(clients, "dynamodb_client", lambda: stage.world.table)
    monkeypatch.setattr(clients, "stepfunctions_client", lambda: stage.world.step_functions)
    monkeypatch.setattr(clients, "cloudwatch_client", lambda: None)
    monkeypatch.setattr(clients, "cloudtrail_client", lambda: SimpleNamespace(lookup_events=lambda **_: {}))
    for name in HANDLERS:
        app = importlib.import_module(f"functions.{name}.app")
        monkeypatch.setattr(app, "datetime", SimpleNamespace(now=lambda _zone: stage.world.now), raising=False)
        for silent in ("logger", "metrics"):
            monkeypatch.setattr(app, silent, _Silent(), raising=False)
    judge_canary, guardian = (importlib.import_module(f"functions.{name}.app") for name in ("judge_canary", "guardian"))
    monkeypatch.setattr(judge_canary, "observe_rollout", lambda rollout, _now: (rollout, rollout))
    monkeypatch.setattr(judge_canary, "judge", lambda rollout, _policy: stage.world.judged(rollout))
    monkeypatch.setattr(guardian, "tagged_functions", lambda _place: SimpleNamespace(targets=lambda: [TARGET]))
    machine = EXECUTION.arn.rpartition(":")[0].replace(":execution:", ":stateMachine:")
    settings = {"METRIC_PERIOD_SECONDS": "60", "METRIC_LAG_SECONDS": "120", "STATE_MACHINE_ARN": machine}
    settings |= {"HOME_ACCOUNT_REGION": f"{TARGET.account}/{TARGET.region}"}
    for key, value in (settings | {"LEDGER_TABLE": "ledger", "DEFAULT_POLICY": json.dumps(POLICY)}).items():
        monkeypatch.setenv(key, value)
    return stage


class _Silent:
    def __getattr__(self, _name: str) -> Any:
        return lambda *_, **__: None
