"""Tests of the throttle metric: every throttled answer counts, including those that a retry recovers from."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.hooks import HierarchicalEmitter

from rollout.aws.boto.throttle_metric import count_throttles

UPDATE = SimpleNamespace(name="UpdateAlias", service_model=SimpleNamespace(service_name="lambda"))


@pytest.fixture
def metrics_of(monkeypatch, capsys) -> Any:
    """Emit the answers as botocore does before a retry; return the metrics that were written."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "LambdaRollouts")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "rollouts")
    client = count_throttles(SimpleNamespace(meta=SimpleNamespace(events=HierarchicalEmitter())))

    def run(*answers: dict[str, Any] | None) -> list[dict[str, Any]]:
        for answer in answers:
            response = None if answer is None else (object(), answer)
            client.meta.events.emit("needs-retry.lambda.UpdateAlias", response=response, operation=UPDATE, attempts=1)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]

    return run


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "Throttling", "TooManyRequestsException", "ProvisionedThroughputExceededException"]
)
def test_throttled_answer_is_counted_by_operation(metrics_of, code):
    metrics = metrics_of({"Error": {"Code": code}}, {"Error": {"Code": code}})
    assert [metric["ThrottledCalls"] for metric in metrics] == [[1.0], [1.0]]
    assert {metric["operation"] for metric in metrics} == {"lambda:UpdateAlias"}


@pytest.mark.parametrize("answer", [None, {}, {"Error": {"Code": "PreconditionFailedException"}}])
def test_other_answer_is_not_counted(metrics_of, answer):
    assert metrics_of(answer) == []
