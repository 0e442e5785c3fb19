"""The templates deploy in every partition, under any name of a stack, and grant what the promises need."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import load

from rollout.lifecycle.guardian.missed_versions import MIN_WAIT
from tests.partitions import REGIONS
from tests.repository.sources import ROOT

TEMPLATES = {name: load(str(ROOT / name)) for name in ("template.yaml", "template-member.yaml")}
HOME, MEMBER = TEMPLATES.values()
EVERYWHERE = ["template*.yaml", "statemachine/*.json", "functions/**/*.py", "layers/rollout/rollout/**/*.py"]
DOCS_SCRIPTS = ["docs/examples/**/*.sh", "docs/examples/**/*.y*ml", "docs/examples/**/*.t*"]
MOST_ROLE_NAME_CHARACTERS = 64
ACCOUNT = "123456789012"
OPERATING = (ROOT / "docs" / "operating.md").read_text()
HAVE_ROLES = ("AWS::IAM::Role", "AWS::Serverless::Function", "AWS::Serverless::StateMachine")


@pytest.mark.parametrize("pattern", EVERYWHERE + DOCS_SCRIPTS)
def test_no_arn_names_its_partition(pattern: str):
    """Such an ARN fails in China, in GovCloud and in the European Sovereign Cloud, mostly at run time."""
    paths = [*ROOT.glob(pattern)]
    assert paths, pattern
    assert [path.name for path in paths if "arn:aws:" in path.read_text()] == []


@pytest.mark.parametrize("region", REGIONS)
def test_region_of_every_partition_can_have_the_orchestrator(region: str):
    assert re.fullmatch(MEMBER["Parameters"]["OrchestratorRegion"]["AllowedPattern"], region)


def test_both_templates_take_the_same_names():
    home, member = (template["Parameters"]["OrchestratorName"] for template in TEMPLATES.values())
    keys = ("Type", "Default", "MaxLength", "AllowedPattern")
    assert {key: home[key] for key in keys} == {key: member[key] for key in keys}


def test_both_templates_sweep_versions_at_the_same_beats():
    home, member = (template["Parameters"]["VersionSweepEvery"] for template in TEMPLATES.values())
    assert {key: home[key] for key in ("Default", "AllowedValues")} == {
        key: member[key] for key in ("Default", "AllowedValues")
    }
    assert home["Default"] in home["AllowedValues"]


def test_guardian_ends_before_its_next_sweep_of_versions():
    """EventBridge takes `1 hour`, and any other number with a plural."""
    seconds = {"hour": 3600, "minutes": 60}
    beats = [text.split() for text in HOME["Parameters"]["VersionSweepEvery"]["AllowedValues"]]
    shortest = min(int(number) * seconds[unit] for number, unit in beats)
    assert shortest >= HOME["Resources"]["GuardianFunction"]["Properties"]["Timeout"]
    window = MEMBER["Resources"]["VersionSweep"]["Properties"]["FlexibleTimeWindow"]["MaximumWindowInMinutes"]
    assert window * 60 <= shortest
    assert MIN_WAIT.total_seconds() <= shortest - window * 60, "the second sweep that sees a version starts it"


@pytest.mark.parametrize("file", TEMPLATES)
def test_longest_role_name_fits_in_every_region(file: str):
    template = TEMPLATES[file]
    longest = "n" * template["Parameters"]["OrchestratorName"]["MaxLength"]
    names = [role["RoleName"]["Fn::Sub"] for role in of_type(template, "AWS::IAM::Role") if "RoleName" in role]
    assert names, file
    for name in names:
        filled = re.sub(r"\$\{(\w+Account|AWS::AccountId)\}", ACCOUNT, name).replace("${OrchestratorName}", longest)
        assert all(len(filled.replace("${AWS::Region}", one)) <= MOST_ROLE_NAME_CHARACTERS for one in REGIONS), name


@pytest.mark.parametrize("file", TEMPLATES)
def test_no_role_or_state_machine_is_named_after_the_stack(file: str):
    """The name of a nested stack has up to 128 characters."""
    for resource in TEMPLATES[file]["Resources"].values():
        properties = resource["Properties"]
        names = [str(properties.get(key, "")) for key in ("RoleName", "RolePath")]
        names += [str(properties.get("Name", ""))] if "StateMachine" in resource["Type"] else []
        assert not any("StackName" in name for name in names), names


def test_only_rollbacks_may_write_aliases_of_functions_without_tag():
    """P9: giving a canary traffic depends on the tag; restoring what a rollout moved does not."""
    unconditional = {(file, name) for file, name, statement in alias_writers() if "Condition" not in statement}
    conditional = {(file, name) for file, name, statement in alias_writers() if "Condition" in statement}
    assert unconditional == {
        ("template.yaml", "RollBackFunction"),
        ("template.yaml", "GuardianFunction"),
        ("template.yaml", "RestorerRole"),
        ("template-member.yaml", "RestorerRole"),
    }
    assert conditional == {
        ("template.yaml", "ShiftTrafficFunction"),
        ("template.yaml", "PromoteVersionFunction"),
        ("template-member.yaml", "WriterRole"),
    }


def test_each_role_of_a_member_account_trusts_the_functions_of_one_path():
    assert functions_of_path("writer") == {"ShiftTrafficFunction", "PromoteVersionFunction"}
    assert functions_of_path("restorer") == {"RollBackFunction", "GuardianFunction", "RolloutStateMachine"}
    others = {name for name, resource in HOME["Resources"].items() if resource["Type"] == "AWS::Serverless::Function"}
    # The widget reads the ledger only, so no role of a member account trusts it.
    assert functions_of_path("viewer") == {"ShowRolloutsFunction"}
    # What examines the stack reads the orchestrator's own account only.
    assert functions_of_path("examiner") == {"ExamineStackFunction"}
    named = set().union(*map(functions_of_path, ("writer", "restorer", "viewer", "examiner")))
    assert functions_of_path("reader") == others - named


@pytest.mark.parametrize(
    ("role", "path"), [("MemberRole", "reader"), ("WriterRole", "writer"), ("RestorerRole", "restorer")]
)
def test_role_of_a_member_account_demands_its_path_and_an_external_id(role: str, path: str):
    trust = MEMBER["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    (condition,) = (statement["Condition"] for statement in trust)
    assert condition["ArnLike"]["aws:PrincipalArn"]["Fn::Sub"].endswith(f":role/${{OrchestratorName}}/{path}/*")
    assert "sts:ExternalId" in condition["StringEquals"]


def functions_of_path(path: str) -> set[str]:
    """Return the functions and the state machine whose roles have a path."""
    found = {name: resource["Properties"].get("RolePath") for name, resource in HOME["Resources"].items()}
    return {name for name, one in found.items() if one == {"Fn::Sub": f"/${{OrchestratorName}}/{path}/"}}


@pytest.mark.parametrize("file", TEMPLATES)
def test_every_role_has_the_permissions_boundary(file: str):
    """SAM makes a role for each function and state machine; Globals cover the functions."""
    template = TEMPLATES[file]
    boundary = {"Fn::If": ["HasPermissionsBoundary", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}
    shared = template.get("Globals", {}).get("Function", {})
    for name, resource in template["Resources"].items():
        properties = {**(shared if resource["Type"].endswith("::Function") else {}), **resource["Properties"]}
        if resource["Type"] in HAVE_ROLES:
            assert properties.get("PermissionsBoundary") == boundary, name


def test_functions_run_on_the_architecture_that_the_parameter_names():
    layer = HOME["Resources"]["RolloutLayer"]["Properties"]
    assert HOME["Globals"]["Function"]["Architectures"] == [{"Ref": "Architecture"}]
    assert sorted(layer["CompatibleArchitectures"]) == sorted(HOME["Parameters"]["Architecture"]["AllowedValues"])
    makefile = (ROOT / "layers" / "rollout" / "Makefile").read_text()
    (platforms,) = re.findall(r"LAYER_PLATFORM \?= (.*)", makefile)
    assert [platform.split("-")[0] for platform in platforms.split()] == ["aarch64", "x86_64"]


def test_every_alarm_of_the_stack_notifies_a_person():
    """The actions name the operator's topic, or a topic of the stack."""
    alarms = of_type(HOME, "AWS::CloudWatch::Alarm")
    topic = {"Fn::If": ["HasOwnAlarmTopic", {"Ref": "AlarmTopic"}, {"Ref": "AlarmTopicArn"}]}
    assert {alarm["MetricName"] for alarm in alarms} == {
        "ApproximateNumberOfMessagesVisible",
        "RolloutsEnded",
        "RolloutsOpen",
        "RolloutsOverdue",
        "TargetsFailed",
    }
    assert [alarm["AlarmActions"] for alarm in alarms] == [[topic]] * len(alarms)


ALARMS = [name for name, resource in HOME["Resources"].items() if resource["Type"] == "AWS::CloudWatch::Alarm"]
SECTIONS = {
    re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
    for title in re.findall(r"^##+ (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
}
"""The anchors of the runbook's sections, as a page of GitHub has them."""


@pytest.mark.parametrize("alarm", ALARMS)
def test_alarm_links_to_its_section_of_the_runbook(alarm: str):
    properties = HOME["Resources"][alarm]["Properties"]
    link = re.fullmatch(r"\S.* What to do: \$\{RunbookUrl\}#([a-z-]+)", properties["AlarmDescription"]["Fn::Sub"])
    assert link, properties["AlarmDescription"]
    assert link[1] in SECTIONS


@pytest.mark.parametrize("alarm", ALARMS)
def test_alarm_has_a_row_on_the_page_for_operators(alarm: str):
    section = HOME["Resources"][alarm]["Properties"]["AlarmDescription"]["Fn::Sub"].rpartition("#")[2]
    rows = re.findall(rf"^\| `{alarm}` \| .+ \| \[.+\]\(runbook\.md#(.+)\) \|$", OPERATING, re.MULTILINE)
    assert rows == [section]


@pytest.mark.parametrize("url", ["docs/runbook.md", "https://wiki.example.com/x?page=7", "http://git.local/runbook.md"])
def test_runbook_may_be_anywhere(url: str):
    assert re.fullmatch(HOME["Parameters"]["RunbookUrl"]["AllowedPattern"], url)


@pytest.mark.parametrize("url", ["", "runbook", "https://wiki.example.com/x#top", "https://wiki.example.com/a b"])
def test_link_of_an_alarm_has_one_anchor(url: str):
    """The template adds the section."""
    assert not re.fullmatch(HOME["Parameters"]["RunbookUrl"]["AllowedPattern"], url)


@pytest.mark.parametrize("alarm", ALARMS)
def test_alarm_says_why_it_treats_missing_data_as_it_does(alarm: str):
    """Silence is never health, so each choice has its reason in the line above it."""
    text = (ROOT / "template.yaml").read_text().split(f"\n  {alarm}:\n")[1].split("\n\n")[0]
    assert re.search(r"\n      # .+\n      TreatMissingData: (notBreaching|breaching|ignore)\n", text)


def test_missing_sweeps_of_the_guardian_turn_an_alarm_red():
    """Fifteen minutes are three sweeps: one that starts late is no alarm."""
    alarm = HOME["Resources"]["GuardianNotRunningAlarm"]["Properties"]
    sweep = HOME["Resources"]["GuardianFunction"]["Properties"]["Events"]["AliasSweep"]["Properties"]["Schedule"]
    assert (alarm["Period"] * alarm["EvaluationPeriods"], sweep) == (3 * 300, "rate(5 minutes)")
    assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
    assert (alarm["Statistic"], alarm["Threshold"]) == ("SampleCount", 1)


def test_alarm_of_failed_targets_sees_what_fails_once_an_hour():
    """P8: the sweeps of aliases between two sweeps of versions find nothing wrong; CloudWatch looks back one day."""
    (alarm,) = [a for a in of_type(HOME, "AWS::CloudWatch::Alarm") if a["MetricName"] == "TargetsFailed"]
    seconds = alarm["EvaluationPeriods"] * alarm["Period"]
    assert 1 < alarm["DatapointsToAlarm"] <= seconds / 3600
    assert seconds <= 86_400


def test_topic_of_the_alarms_can_be_used_by_cloudwatch():
    """A topic with the key alias/aws/sns takes no messages from CloudWatch: only a key of one's own can allow it."""
    resources = HOME["Resources"]
    key = resources["AlarmKey"]["Properties"]["KeyPolicy"]["Statement"]
    (publish,) = resources["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    service = {"Service": "cloudwatch.amazonaws.com"}
    assert resources["AlarmTopic"]["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": ["AlarmKey", "Arn"]}
    assert [s["Action"] for s in key if s["Principal"] == service] == [["kms:Decrypt", "kms:GenerateDataKey*"]]
    assert (publish["Principal"], publish["Action"]) == (service, "sns:Publish")


def test_every_function_invoked_by_a_rule_has_a_dead_letter_queue_with_an_alarm():
    alarmed = [alarm["Dimensions"][0]["Value"] for alarm in of_type(HOME, "AWS::CloudWatch::Alarm")]
    functions = [f for f in of_type(HOME, "AWS::Serverless::Function") if "Events" in f]
    assert len(functions) >= 2
    for function in functions:
        queue, _ = function["DeadLetterQueue"]["TargetArn"]["Fn::GetAtt"]
        assert {"Fn::GetAtt": [queue, "QueueName"]} in alarmed
        rules = [event["Properties"]["DeadLetterConfig"]["Arn"] for event in function["Events"].values()]
        assert rules == [{"Fn::GetAtt": [queue, "Arn"]}] * len(rules)


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the properties of each resource of a type."""
    return [resource["Properties"] for resource in template["Resources"].values() if resource["Type"] == kind]


def alias_writers() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each statement that allows UpdateAlias, with its template and the logical ID of its resource."""
    for file, template in TEMPLATES.items():
        for name, resource in template["Resources"].items():
            for policy in resource["Properties"].get("Policies", []):
                for statement in policy.get("PolicyDocument", policy)["Statement"]:
                    actions = statement["Action"]
                    if "lambda:UpdateAlias" in ([actions] if isinstance(actions, str) else actions):
                        yield file, name, statement


def test_examination_counts_the_errors_of_every_function_of_the_stack():
    """Its own failure is the answer of the command, and that of ShowRollouts is what the widget shows."""
    variables = HOME["Resources"]["ExamineStackFunction"]["Properties"]["Environment"]["Variables"]
    counted = [each["Ref"] for each in variables["STACK_FUNCTIONS"]["Fn::Join"][1]]
    functions = {name for name, each in HOME["Resources"].items() if each["Type"] == "AWS::Serverless::Function"}
    assert {*counted} == functions - {"ExamineStackFunction", "ShowRolloutsFunction"}


def test_examination_reads_every_alarm_of_the_stack():
    """By their names, which CloudFormation makes: another stack's name may begin with this one's."""
    variables = HOME["Resources"]["ExamineStackFunction"]["Properties"]["Environment"]["Variables"]
    assert {each["Ref"] for each in variables["STACK_ALARMS"]["Fn::Join"][1]} == {*ALARMS}
