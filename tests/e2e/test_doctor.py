"""The deployed stack examines itself with its own role."""

import json

import pytest

from rollout.doctor.finding import Check
from tests.e2e.stories.doctor import TRAIL, stack_is_examined


@pytest.fixture
def findings(stories):
    ended = stories(stack_is_examined)
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    return {finding["check"]: finding for finding in json.loads(ended["output"])["findings"]}


def test_every_check_has_a_finding(findings):
    assert {*findings} == {*Check}


def test_role_may_read_everything(findings):
    """Only whether events arrive may be unknown, while no version has been published."""
    unknown = {name: finding["found"] for name, finding in findings.items() if finding["grade"] == "unknown"}
    assert unknown.keys() <= {Check.PUBLISHED_VERSIONS}, unknown


def test_trail_that_logs_writes_is_found(findings):
    assert findings[Check.TRAIL]["grade"] == "good"
    assert TRAIL in findings[Check.TRAIL]["found"]


def test_alarms_without_a_subscription_are_bad(findings):
    assert findings[Check.ALARM_SUBSCRIPTIONS]["grade"] == "bad"
    assert "aws sns subscribe --topic-arn arn:" in findings[Check.ALARM_SUBSCRIPTIONS]["fix"]


def test_every_alarm_of_the_stack_is_found_by_its_name(findings):
    assert "of 7 alarms" in findings[Check.ALARMS]["found"]
    assert "missing" not in findings[Check.ALARMS]["found"]


def test_dashboard_of_the_stack_is_found(findings):
    assert findings[Check.DASHBOARD]["grade"] == "good"
