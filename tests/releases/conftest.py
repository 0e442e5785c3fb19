"""The handlers connected to the scenario's AWS in memory, with every setting that a recorded moment needs."""

import pytest

from tests.interleavings.conftest import Scenarios, connected_scenarios

SETTINGS = {
    "COMMAND_STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts-commands",
    "FREEZE_PARAMETER": "/rollouts/freeze",
    "POWERTOOLS_METRICS_NAMESPACE": "LambdaRollouts",
    "POWERTOOLS_SERVICE_NAME": "rollouts",
}


def settled_scenarios(monkeypatch: pytest.MonkeyPatch) -> Scenarios:
    """Return the handlers' scenarios, in which notifications of gates and freezes go out."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return connected_scenarios(monkeypatch)


@pytest.fixture
def scenario(monkeypatch):
    """A new scenario of the handlers."""
    return settled_scenarios(monkeypatch).new()
