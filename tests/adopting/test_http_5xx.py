"""The example that counts HTTP 500s publishes exactly the metric that its policy reads."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from rollout.aws.cloudwatch.queries import metric_query
from rollout.judging.counting import MetricReading
from rollout.policy.read_policy import read_policy
from tests.adopting.workshop import EXAMPLES
from tests.samples import rollout

FOLDER = EXAMPLES / "http-5xx"
CANARY, STABLE = "4", "3"
INVOKE = "import app, json, sys; print(json.dumps(app.handler(json.loads(sys.argv[1]), None)), file=sys.stderr)"


def invoke(version: str, event: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the example as Lambda runs a version; return the answer, and its log in the embedded metric format."""
    variables = {"AWS_LAMBDA_FUNCTION_NAME": "my-api", "AWS_LAMBDA_FUNCTION_VERSION": version}
    ran = subprocess.run(  # noqa: S603 - our own example
        [sys.executable, "-c", INVOKE, json.dumps(event)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(FOLDER)} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stderr), json.loads(ran.stdout)


def read_by_policy(version: str) -> tuple[str, str, dict[str, str]]:
    """Return the namespace, the name and the dimensions that an evaluation reads for a version."""
    policy = read_policy(json.loads((FOLDER / "policy.json").read_text()))
    (metric,) = [metric for metric in policy.active_metrics if metric.cloudwatch]
    query = metric_query(metric, rollout(policy=policy), MetricReading(title=""))
    bad = (query.canary if version == CANARY else query.stable).bad
    return bad.namespace, bad.name, dict(bad.dimensions)


@pytest.mark.parametrize("version", [CANARY, STABLE])
@pytest.mark.parametrize(("event", "status", "counted"), [({}, 500, 1), ({"body": "tea"}, 200, 0)])
def test_example_publishes_the_metric_that_its_policy_reads(version, event, status, counted):
    answer, published = invoke(version, event)
    (metrics,) = published["_aws"]["CloudWatchMetrics"]
    (dimensions,) = metrics["Dimensions"]
    (metric,) = metrics["Metrics"]
    values = {name: published[name] for name in dimensions}
    assert answer["statusCode"] == status
    assert (metrics["Namespace"], metric["Name"], values) == read_by_policy(version)
    assert published[metric["Name"]] == [counted]
