"""The template's rules match the events of published versions, and no event that the stack publishes itself."""

import json
from pathlib import Path

import pytest
from cfnlint.decode.cfn_yaml import load

from rollout.notifications.event_types import EVENT_TYPES

ROOT = Path(__file__).parents[2]
HOME = load(str(ROOT / "template.yaml"))["Resources"]
STARTS, REPORTS = (HOME[f"{name}Function"]["Properties"]["Events"] for name in ("StartRollout", "ReportAliasMove"))
RULES = {name: rule for name, rule in (STARTS | REPORTS).items() if "EventBusName" not in rule["Properties"]}
MEMBER = load(str(ROOT / "template-member.yaml"))["Resources"]


def read(files):
    return {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "events").glob(files))}


PUBLISHED_BY_PIPELINE = read("start_rollout_version_published.json").popitem()[1]
RECORDED = {name: event for name, event in read("start_rollout*.json").items() if event != PUBLISHED_BY_PIPELINE}
MOVED = read("report_alias_move*.json")
NOT_MATCHED = read("not_matched/*.json")
assert NOT_MATCHED, "events/not_matched has no events"


@pytest.fixture(scope="module")
def matching_rules(emulator):
    """Return a function from an event to the names of the rules that match it, by TestEventPattern."""
    events = emulator.client("events")

    def match(event):
        patterns = {name: json.dumps(rule["Properties"]["Pattern"]) for name, rule in RULES.items()}
        text = json.dumps(event)
        return {
            name
            for name, pattern in patterns.items()
            if events.test_event_pattern(EventPattern=pattern, Event=text)["Result"]
        }

    return match


def changed(recorded, part, **changes):
    """Return a recorded call with other fields in its detail, or in one part of it."""
    detail = recorded["detail"]
    return recorded | {"detail": detail | (changes if part == "detail" else {part: detail[part] | changes})}


@pytest.mark.parametrize("file", RECORDED)
def test_published_version_matches_one_rule(matching_rules, file):
    assert matching_rules(RECORDED[file]) == {"VersionPublished"}


def test_version_published_event_of_a_pipeline_matches_the_other_rule(matching_rules):
    assert matching_rules(PUBLISHED_BY_PIPELINE) == {"VersionAnnounced"}


@pytest.mark.parametrize("rule", RULES)
def test_member_account_forwards_the_same_pattern(rule):
    pattern = RULES[rule]["Properties"]["Pattern"]
    member_rule = (STARTS | REPORTS)[f"Member{rule}"]["Properties"]["Pattern"]
    assert member_rule == MEMBER[rule]["Properties"]["EventPattern"] == pattern


def test_member_account_requests_the_sweep_that_the_guardian_runs(emulator):
    """The event of the schedule matches the rule that forwards it, the bus's policies, and the guardian's rule."""
    event = json.loads((ROOT / "events" / "guardian_sweeps_member_account.json").read_text())
    parameters = MEMBER["VersionSweep"]["Properties"]["Target"]["EventBridgeParameters"]
    pattern = MEMBER["VersionSweepRequested"]["Properties"]["EventPattern"]
    assert parameters == {"Source": event["source"], "DetailType": event["detail-type"]}
    assert HOME["GuardianFunction"]["Properties"]["Events"]["MemberVersionSweep"]["Properties"]["Pattern"] == pattern
    tested = emulator.client("events").test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))
    assert tested["Result"]
    for policy in ("MemberAccountsPolicy", "MemberOrganizationPolicy"):
        allowed = HOME[policy]["Properties"]["Statement"]["Condition"]["ForAllValues:StringEquals"]
        assert event["source"] in allowed["events:source"]
        assert event["detail-type"] in allowed["events:detail-type"]
        assert not any(source.startswith("aws.events") for source in allowed["events:source"])


SUFFIXES = ["", "20150331", "20150331v2", "20270115", "20270115v3"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("file", "call"),
    [
        ("start_rollout", "PublishVersion"),
        ("start_rollout_update_function_code", "UpdateFunctionCode"),
        ("start_rollout_create_function", "CreateFunction"),
    ],
)
def test_api_date_in_the_event_name_is_ignored(matching_rules, file, call, suffix):
    """CloudTrail documents that the name may have a date and a version, or none."""
    rules = matching_rules(changed(RECORDED[file], "detail", eventName=call + suffix))
    assert rules == {"VersionPublished"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_function_url_matches_no_rule(matching_rules, suffix):
    event = changed(RECORDED["start_rollout_create_function"], "detail", eventName=f"CreateFunctionUrlConfig{suffix}")
    assert matching_rules(event) == set()


FUNCTION_NAMES = [
    "my-api",
    "my-api:$LATEST",
    "123456789012:my-api",
    "123456789012:function:my-api",
    "arn:aws:lambda:eu-west-1:123456789012:function:my-api",
    "arn:aws:lambda:eu-west-1:123456789012:function:my-api:$LATEST",
]


@pytest.mark.parametrize("name", FUNCTION_NAMES)
@pytest.mark.parametrize("file", RECORDED)
def test_every_form_of_a_function_name_matches(matching_rules, file, name):
    assert matching_rules(changed(RECORDED[file], "requestParameters", functionName=name)) == {"VersionPublished"}


@pytest.mark.parametrize("suffix", ["", "20150331", "20270115v3"])
@pytest.mark.parametrize("file", MOVED)
def test_update_of_an_alias_matches_the_rule_that_reports_it(matching_rules, file, suffix):
    """This includes the stack's own: a rule that starts rollouts would start one for every step."""
    assert matching_rules(changed(MOVED[file], "detail", eventName=f"UpdateAlias{suffix}")) == {"AliasUpdated"}


@pytest.mark.parametrize("file", NOT_MATCHED)
def test_call_that_publishes_no_version_matches_no_rule(matching_rules, file):
    assert matching_rules(NOT_MATCHED[file]) == set()


@pytest.mark.parametrize("file", RECORDED | MOVED)
def test_failed_call_matches_no_rule(matching_rules, file):
    failed = changed((RECORDED | MOVED)[file], "detail", errorCode="AccessDenied", responseElements=None)
    assert matching_rules(failed) == set()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("call", ["CreateAlias", "DeleteAlias", "UpdateFunctionConfiguration"])
def test_other_call_with_a_version_in_its_response_matches_no_rule(matching_rules, call, suffix):
    assert matching_rules(changed(RECORDED["start_rollout"], "detail", eventName=call + suffix)) == set()


@pytest.mark.parametrize("detail_type", [kind.detail_type for kind in EVENT_TYPES])
def test_rollout_event_on_the_default_bus_matches_no_rule(matching_rules, detail_type):
    assert matching_rules(PUBLISHED_BY_PIPELINE | {"detail-type": detail_type}) == set()


@pytest.mark.parametrize(
    "changes", [{"source": "another.source"}, {"source": "aws.lambda"}, {"detail-type": "version published"}]
)
def test_similar_event_matches_no_rule(matching_rules, changes):
    assert matching_rules(PUBLISHED_BY_PIPELINE | changes) == set()
