"""Promises about aliases, their trail and who may touch them."""

import json

from sandbox.emulator.selftest.stage import ACCOUNT, REGION, UNTAGGED, Stage, code_of


def _refused_weight(stage: Stage) -> bool:
    """An alias refuses what AWS refuses."""
    weights = {"AdditionalVersionWeights": {"2": 1.5}}
    return code_of(stage.lambda_.update_alias, FunctionName="tried", Name="live", RoutingConfig=weights) == (
        "InvalidParameterValueException"
    )


def _refused_version(stage: Stage) -> bool:
    """An alias never points at a version that does not exist."""
    code = code_of(stage.lambda_.create_alias, FunctionName="tried", Name="other", FunctionVersion="7")
    return code == "ResourceNotFoundException"


def _tag_decides(stage: Stage) -> bool:
    """A role may move the aliases of functions with the tag its policy names, and no others."""
    mover = stage.client("lambda", *_session(stage))
    mover.get_alias(FunctionName="tried", Name="live")
    mover.update_alias(FunctionName="tried", Name="live", Description="moved")
    return code_of(mover.update_alias, FunctionName=UNTAGGED, Name="live", Description="moved") == (
        "AccessDeniedException"
    )


def _tags_shown_to_those_who_may_list_them(stage: Stage) -> bool:
    """GetFunction shows the tags to root and to a role that may list them, and to no other."""
    mover = stage.client("lambda", *_session(stage))
    kept = mover.get_function(FunctionName="tried")
    allowed = {"Effect": "Allow", "Action": "lambda:ListTags", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
    stage.iam.put_role_policy(RoleName="mover", PolicyName="lister", PolicyDocument=policy)
    shown = [client.get_function(FunctionName="tried").get("Tags") for client in (mover, stage.lambda_)]
    refused = kept.get("TagsError", {}).get("ErrorCode")
    return ("Tags" in kept, refused) == (False, "AccessDeniedException") and shown == [{"rollout:alias": "live"}] * 2


def _decisions_written(stage: Stage) -> bool:
    """Every decision of IAM is written down."""
    decisions = [json.loads(line) for line in stage.decisions.read_text().splitlines()]
    by_mover = [decision for decision in decisions if decision["principal"] == "mover"]
    asked = [(decision["action"], decision["allowed"]) for decision in by_mover]
    expected = {"lambda:UpdateAlias": [True, False], "lambda:ListTags": [False, True]}
    return all([allowed for named, allowed in asked if named == action] == told for action, told in expected.items())


def _trail_heard(stage: Stage) -> bool:
    """An alias that moves is told on the default bus."""
    messages = stage.sqs.receive_message(QueueUrl=stage.queue, WaitTimeSeconds=1).get("Messages", [])
    details = [json.loads(message["Body"])["detail"] for message in messages]
    return [(detail["eventName"], detail["responseElements"]["name"]) for detail in details] == [
        ("UpdateAlias20150331", "live")
    ]


def _trail_remembers(stage: Stage) -> bool:
    """LookupEvents tells who moved an alias, and to which revision."""
    asked = [{"AttributeKey": "EventName", "AttributeValue": "UpdateAlias20150331"}]
    told = stage.cloudtrail.lookup_events(LookupAttributes=asked)["Events"]
    written = {json.loads(event["CloudTrailEvent"])["responseElements"]["revisionId"] for event in told}
    found = stage.lambda_.get_alias(FunctionName="tried", Name="live")
    return found["RevisionId"] in written


def _version_arn_qualified(stage: Stage) -> bool:
    """A version published along with its code has an ARN of its own."""
    function = stage.lambda_.get_function_configuration(FunctionName="tried", Qualifier="2")
    return str(function["FunctionArn"]).endswith(":tried:2")


def _dead_letters_deployed(stage: Stage) -> bool:
    """A function that CloudFormation creates has the dead-letter queue of its template."""
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard"
    code = {"ZipFile": "def handler(event, context): ..."}
    properties = {"FunctionName": "deployed", "Code": code, "DeadLetterConfig": {"TargetArn": queue}}
    template = {"Resources": {"Deployed": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    formation = stage.client("cloudformation")
    formation.create_stack(StackName="tried", TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(StackName="tried", WaiterConfig={"Delay": 0.05})
    deployed = stage.lambda_.get_function_configuration(FunctionName="deployed")
    return bool(deployed["DeadLetterConfig"]["TargetArn"] == queue)


def _session(stage: Stage) -> tuple[str, str, str]:
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    stage.iam.update_assume_role_policy(RoleName="mover", PolicyDocument=document)
    role = f"arn:aws:iam::{ACCOUNT}:role/mover"
    session = stage.client("sts").assume_role(RoleArn=role, RoleSessionName="tried")["Credentials"]
    return session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]


PROMISES = [
    _refused_weight,
    _refused_version,
    _tag_decides,
    _tags_shown_to_those_who_may_list_them,
    _decisions_written,
    _trail_heard,
    _trail_remembers,
    _version_arn_qualified,
    _dead_letters_deployed,
]
