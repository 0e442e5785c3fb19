"""The verification in a real account: what it announces, finds, reports and removes."""

import json
import re
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from click.testing import CliRunner

from stress.verify_aws import account as account_module
from stress.verify_aws import report
from stress.verify_aws.__main__ import main
from stress.verify_aws.behaviour import Answer, Probe, answers
from stress.verify_aws.deployment import Deployment
from stress.verify_aws.estimate import announcement, dollars, duration_seconds
from stress.verify_aws.executions import Executions, NotEndedError
from stress.verify_aws.findings import Finding
from stress.verify_aws.lambda_probes import LAMBDA_PROBES
from stress.verify_aws.log_probes import LOG_PROBES
from stress.verify_aws.metric_probes import METRIC_PROBES, UNSPLIT_PROBES
from stress.verify_aws.pace import Pace
from stress.verify_aws.stories import STORIES, Story, play
from stress.verify_aws.trail_probes import TRAIL_PROBES

PACE = Pace(period=60, lag=120, calls_per_second=10)
NO_WAIT = Pace(period=0, lag=0, calls_per_second=10)
PROBES = (*LAMBDA_PROBES, *UNSPLIT_PROBES, *METRIC_PROBES, *LOG_PROBES, *TRAIL_PROBES)
ACCOUNT = SimpleNamespace(account="111122223333", region="eu-west-1", principal="arn:aws:iam::111122223333:user/me")
PAGE = Path(__file__).parents[2] / "docs" / "aws-behaviour.md"


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


def test_every_open_question_of_the_page_has_a_probe_or_a_story():
    open_questions = set(re.findall(r"Open \(`([a-z-]+)`\)", PAGE.read_text()))
    assert open_questions
    assert open_questions <= {probe.name for probe in PROBES} | {story.name for story in STORIES}


def test_names_are_given_once():
    counts = Counter([probe.name for probe in PROBES] + [story.name for story in STORIES])
    assert set(counts.values()) == {1}


def test_announcement_states_place_time_and_price():
    text = announcement(ACCOUNT, "probe-stack", PACE)
    for part in (
        "probe-stack",
        "111122223333",
        "eu-west-1",
        "user/me",
        "66 minutes",
        f"{dollars(PACE):.2f} US dollars",
    ):
        assert part in text


def test_estimate_grows_with_the_period():
    assert duration_seconds(PACE) > duration_seconds(Pace(2, 1, 10))
    assert 0.1 < dollars(PACE) < 1


def test_pace_gives_the_stack_its_period_and_a_valid_policy():
    parameters = PACE.parameters
    assert parameters["MetricPeriodSeconds"] == "60"
    policy = json.loads(parameters["DefaultPolicy"].strip("'"))
    assert [step["hold"] for step in policy["steps"]] == ["180s", "180s"]
    assert json.loads(PACE.request("shop", "2")) == {"function": "shop", "version": "2", "policy": policy}


def test_refused_probe_is_unknown_and_the_others_are_asked():
    def refuse(_stage):
        raise refused("AccessDeniedException")

    probes = (Probe("first", "x", refuse), Probe("second", "x", lambda _stage: Answer("seen", holds=True)))
    first, second = answers(probes, None)
    assert (first.mark, second.mark) == ("unknown", "yes")
    assert "AccessDeniedException" in first.found


class FakeShop:
    name, alias = "shop", "live"

    def __init__(self, after):
        self._shares = [{"1": 100.0}, after]

    def shares(self):
        return self._shares.pop(0) if len(self._shares) > 1 else self._shares[0]

    def publish(self, **_behaviour):
        return "2"


class FakeExecutions:
    def __init__(self, ending, states=("CloseRollout",)):
        self.ending, self.entered = ending, states

    def wait_for_start(self, _function, _version):
        return "execution", "its event"

    def wait_for_end(self, _execution):
        return self.ending, "the cause"

    def states(self, _execution):
        return self.entered

    def wait_until(self, condition):
        return condition()


PROMOTED, ROLLED_BACK = Story("s", "d", "SUCCEEDED", is_promoted=True), Story("s", "d", "RolloutRolledBack")
RESTORED = Story("s", "d", "RolloutRolledBack", visits="RestoreAlias")


@pytest.mark.parametrize(
    ("story", "ending", "after", "holds"),
    [
        (PROMOTED, "SUCCEEDED", {"2": 100.0}, True),
        (PROMOTED, "SUCCEEDED", {"1": 50.0, "2": 50.0}, False),
        (PROMOTED, "RolloutRolledBack", {"1": 100.0}, False),
        (ROLLED_BACK, "RolloutRolledBack", {"1": 100.0}, True),
        (ROLLED_BACK, "RolloutRolledBack", {"1": 90.0, "2": 10.0}, False),
        (RESTORED, "RolloutRolledBack", {"1": 100.0}, False),
    ],
)
def test_story_holds_only_with_its_ending_its_alias_and_its_state(story, ending, after, holds):
    finding = play(story, SimpleNamespace(shop=FakeShop(after), executions=FakeExecutions(ending)))
    assert finding.holds is holds
    assert "the cause" in finding.found


def test_story_leaves_its_surrounding_when_it_fails():
    left = []

    @contextmanager
    def surrounding(_stage):
        try:
            yield
        finally:
            left.append(True)

    def disturb(_stage, _execution):
        raise NotEndedError("it hangs")

    story = Story("s", "d", "SUCCEEDED", surrounding=surrounding, disturb=disturb)
    with pytest.raises(NotEndedError):
        play(story, SimpleNamespace(shop=FakeShop({"1": 100.0}), executions=FakeExecutions("SUCCEEDED")))
    assert left == [True]


class FakeStates:
    """A client of Step Functions with the executions of one machine."""

    def __init__(self, names):
        self.names, self.started = names, []

    def list_executions(self, **_parameters):
        return {"executions": [{"name": name, "executionArn": f"arn:{name}"} for name in self.names]}

    def start_execution(self, **parameters):
        self.started.append(json.loads(parameters["input"]))
        return {"executionArn": "arn:by-hand"}


def test_rollout_is_started_by_hand_only_without_an_event():
    by_event, by_hand = FakeStates(["shop-2-abc"]), FakeStates(["shop-21-abc", "other-2-abc"])
    assert Executions(by_event, "machine", NO_WAIT).wait_for_start("shop", "2") == ("arn:shop-2-abc", "its event")
    assert Executions(by_hand, "machine", NO_WAIT).wait_for_start("shop", "2")[0] == "arn:by-hand"
    assert (by_event.started, by_hand.started[0]["version"]) == ([], "2")


FINDINGS = [
    Finding("one", "a", "arn:aws:lambda:eu-west-1:111122223333:function:x", holds=True),
    Finding("two", "b", "c", holds=False),
    Finding("three", "d", "e", holds=None),
]


def test_summary_counts_each_kind():
    assert report.summary(FINDINGS) == "1 of 3 hold, 1 do not, 1 unknown"


def test_file_to_send_back_hides_the_account(tmp_path):
    report.write(FINDINGS, ACCOUNT, datetime(2026, 11, 26, tzinfo=UTC), tmp_path / "found.json")
    text = (tmp_path / "found.json").read_text()
    assert ACCOUNT.account not in text
    assert [finding["holds"] for finding in json.loads(text)["findings"]] == [True, False, None]


class FakeCloud:
    """Clients that record what is deleted, and refuse some calls."""

    account, region, environment = "111122223333", "eu-west-1", {}

    def __init__(self, refusals=()):
        self.deleted, self._refusals = [], refusals

    def client(self, service):
        pages = {
            "cloudformation": [
                {"StackResourceSummaries": [{"LogicalResourceId": "LedgerTable", "PhysicalResourceId": "ledger"}]}
            ],
            "s3": [{"Contents": [{"Key": "code"}]}, {}],
        }
        paginator = SimpleNamespace(paginate=lambda **_parameters: pages[service])
        waiter = SimpleNamespace(wait=lambda **_parameters: None)
        client = SimpleNamespace(get_paginator=lambda _name: paginator, get_waiter=lambda _name: waiter)
        for method in ("delete_stack", "delete_table", "delete_object", "delete_bucket"):
            setattr(client, method, self._method(method))
        return client

    def _method(self, name):
        def call(**parameters):
            if name in self._refusals:
                raise refused("AccessDenied")
            self.deleted.append((name, *parameters.values()))

        return call


def test_removal_deletes_stack_ledger_and_bucket():
    cloud = FakeCloud()
    assert Deployment(cloud, "Probe").remove() == []
    bucket = "probe-111122223333-eu-west-1"
    assert cloud.deleted == [
        ("delete_stack", "Probe"),
        ("delete_table", "ledger"),
        ("delete_object", bucket, "code"),
        ("delete_bucket", bucket),
    ]


def test_removal_goes_on_after_a_refusal_and_names_what_is_left():
    cloud = FakeCloud(refusals=("delete_stack",))
    (left,) = Deployment(cloud, "probe").remove()
    assert left.startswith("stack probe: ")
    assert ("delete_table", "ledger") in cloud.deleted


@pytest.fixture
def _without_credentials(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("_without_credentials")
@pytest.mark.parametrize(("arguments", "advice"), [([], "pass --region"), (["--region", "eu-west-1"], "aws sso login")])
def test_missing_region_or_credentials_say_what_to_set(arguments, advice):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert advice in result.output


def test_nothing_is_deployed_without_a_yes(monkeypatch):
    monkeypatch.setattr(
        account_module.AwsAccount, "__init__", lambda self, _region: self.__dict__.update(ACCOUNT.__dict__)
    )
    result = CliRunner().invoke(main, [], input="n\n")
    assert result.exit_code == 1
    assert "Start?" in result.output
    assert "Deploying" not in result.output


@pytest.mark.parametrize(("lines", "holds"), [("9", False), ("10", True)])
def test_log_probe_counts_the_lines_of_each_version(lines, holds):
    """The stubbed client holds the parameters of both calls against the API model."""
    logs = boto3.client("logs", "eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing")  # noqa: S106
    pace = SimpleNamespace(period=0.01, lag=0)
    stage = SimpleNamespace(
        account=SimpleNamespace(client=lambda _name: logs),
        shop=SimpleNamespace(name="shop"),
        served={"1": 10, "refused": 2},
        pace=pace,
    )
    cells = {"version": "1", "minute": "2026-01-01 12:00:00.000", "written": "30", "matching": lines}
    row = [{"field": field, "value": value} for field, value in cells.items()]
    with Stubber(logs) as stubber:
        stubber.add_response("start_query", {"queryId": "of-the-test"})
        stubber.add_response("get_query_results", {"status": "Running", "results": []}, {"queryId": "of-the-test"})
        stubber.add_response("get_query_results", {"status": "Complete", "results": [row]}, {"queryId": "of-the-test"})
        answer = LOG_PROBES[0].ask(stage)
    assert (answer.holds, answer.found) == (holds, f"version 1 {lines} lines of 10 calls")
