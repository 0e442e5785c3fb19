"""Promises about faults on order."""

import json
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from sandbox.emulator.selftest.stage import ACCOUNT, ALIAS, Stage, _zip
from sandbox.emulator.selftest.workflows import _end, _start

_HELD_SECONDS = 0.2
_CALLER = """
import boto3
def handler(event, context):
    boto3.client("lambda").update_alias(FunctionName="tried", Name="live", Description=event["says"])
"""


def _refused_in_vain(stage: Stage) -> bool:
    """A call can be refused before it is carried out, or after."""
    said = [_told(stage, "before", after=False), _told(stage, "after", after=True)]
    return said == [("ResourceConflictException", "moved"), ("ResourceConflictException", "after")]


def _told(stage: Stage, word: str, *, after: bool) -> tuple[str, str]:
    _describe(stage, "moved")
    _order(stage, "fault", mentions=word, who="root", after=after, code="ResourceConflictException", status=409)
    code = "carried out"
    try:
        _describe(stage, word)
    except ClientError as error:
        code = error.response["Error"]["Code"]
    return code, _description(stage)


def _describe(stage: Stage, word: str) -> None:
    stage.lambda_.update_alias(FunctionName="tried", Name="live", Description=word)


def _description(stage: Stage) -> str:
    return str(stage.lambda_.get_alias(FunctionName="tried", Name="live")["Description"])


def _held(stage: Stage) -> bool:
    """A call can be held, and only the one that was meant."""
    _order(stage, "fault", mentions="held", delay=_HELD_SECONDS)
    started = time.monotonic()
    _describe(stage, "another")
    at_once = time.monotonic() - started
    _describe(stage, "held")
    return at_once < _HELD_SECONDS <= time.monotonic() - started


def _killed(stage: Stage) -> bool:
    """A function can be killed while it calls, before the call is carried out or after, and that has its name."""
    role = f"arn:aws:iam::{ACCOUNT}:role/mover"
    code = {"ZipFile": _zip(_CALLER)}
    stage.lambda_.create_function(
        FunctionName="calling", Runtime="python3.13", Handler="index.handler", Role=role, Code=code
    )
    said = [_killed_at(stage, word, after=after) for word, after in (("early", False), ("late", True))]
    return said == [("Runtime.ExitError", False), ("Runtime.ExitError", True)]


def _killed_at(stage: Stage, word: str, *, after: bool) -> tuple[str, bool]:
    _order(stage, "fault", who="mover", mentions=word, kill=True, after=after)
    answer = stage.lambda_.invoke(FunctionName="calling", Payload=json.dumps({"says": word}))
    return str(json.loads(answer["Payload"].read())["errorType"]), _description(stage) == word


def _cut(stage: Stage) -> bool:
    """GetMetricData can be answered in part."""
    now = datetime.now(UTC)
    datum = {"MetricName": "cut", "Value": 1.0, "Timestamp": now - timedelta(minutes=2)}
    stage.metrics.put_metric_data(Namespace="Sandbox", MetricData=[datum])
    _order(stage, "fault", action="cloudwatch:GetMetricData", mentions="cut", cut="partial")
    return [_series(stage, now), _series(stage, now)] == [("PartialData", 0), ("Complete", 1)]


def _series(stage: Stage, now: datetime) -> tuple[str, int]:
    metric = {"Namespace": "Sandbox", "MetricName": "cut"}
    query = {"Id": "cut", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    answer = stage.metrics.get_metric_data(
        MetricDataQueries=[query], StartTime=now - timedelta(minutes=9), EndTime=now + timedelta(minutes=1)
    )["MetricDataResults"][0]
    return answer["StatusCode"], len(answer["Values"])


def _task_refused(stage: Stage) -> bool:
    """A state machine's call can be refused, under the name that AWS gives it."""
    _order(stage, "fault", action="lambda:InvokeFunction", who="tried", code="Sandbox.Timedout")
    _start(stage, "refused", {"Type": "Task", "Resource": ALIAS, "End": True}, {})
    return bool(_end(stage, "refused")["error"] == "Sandbox.Timedout") and _spent(stage)


def _spent(stage: Stage) -> bool:
    """Tell whether every fault has struck, and forget them."""
    struck = [fault["struck"] for fault in _order(stage, "faults")]
    _order(stage, "no-fault")
    return struck == [1] * 7  # as many as were ordered above


def _time_runs_out_on_order(stage: Stage) -> bool:
    """The time of an execution can be made to run out."""
    _start(stage, "endless", {"Type": "Wait", "Seconds": 60, "End": True}, {})
    _order(stage, "time-out", execution=stage.executions["endless"])
    return bool(_end(stage, "endless")["status"] == "TIMED_OUT")


def _told_again(stage: Stage) -> bool:
    """The event of a version that was published can be told once more."""
    stage.lambda_.publish_version(FunctionName="tried")
    return bool(_order(stage, "redeliver", mentions=f"{ACCOUNT}:function:tried") == 1)


def _paced(stage: Stage) -> bool:
    """The retries of state machines can be hurried."""
    _order(stage, "pace", pace=0.001)
    retry = [{"ErrorEquals": ["LookupError"], "IntervalSeconds": 60, "MaxAttempts": 1}]
    _start(stage, "hurried", {"Type": "Task", "Resource": ALIAS, "Retry": retry, "End": True}, {"fail": True})
    failed = _end(stage, "hurried")["error"]
    _order(stage, "pace", pace=1)
    return bool(failed == "LookupError")


def _order(stage: Stage, word: str, **order: object) -> Any:  # noqa: ANN401 - JSON
    if word == "fault":
        order = {"action": "lambda:UpdateAlias", "times": 1, **order}
    url = f"{stage.lambda_.meta.endpoint_url}/_sandbox/{word}"
    asked = urllib.request.Request(url, json.dumps(order).encode(), method="POST")  # noqa: S310
    return json.loads(urllib.request.urlopen(asked).read())  # noqa: S310


PROMISES = [_refused_in_vain, _held, _killed, _cut, _task_refused, _time_runs_out_on_order, _told_again, _paced]
