"""Checks of aliases, of their permissions and of their CloudTrail events."""

import json

from sandbox.emulator.selftest.fixtures import ACCOUNT, REGION, UNTAGGED, Fixture, code_of, send_control_request


def _refused_weight(fixture: Fixture) -> bool:
    """An alias refuses a weight above 1.0."""
    weights = {"AdditionalVersionWeights": {"2": 1.5}}
    return code_of(fixture.lambda_.update_alias, FunctionName="example", Name="live", RoutingConfig=weights) == (
        "InvalidParameterValueException"
    )


def _refused_version(fixture: Fixture) -> bool:
    """An alias refuses a version that does not exist."""
    code = code_of(fixture.lambda_.create_alias, FunctionName="example", Name="other", FunctionVersion="7")
    return code == "ResourceNotFoundException"


def _referenced_version_kept(fixture: Fixture) -> bool:
    """Lambda refuses to delete a version that an alias references, by its version or by its weights."""
    functions, stable = fixture.lambda_, {"FunctionName": UNTAGGED, "Name": "rollout-stable-live"}
    functions.create_alias(**stable, FunctionVersion="2")
    kept = [code_of(functions.delete_function, FunctionName=name, Qualifier="2") for name in ("example", UNTAGGED)]
    functions.delete_alias(**stable)
    deleted = code_of(functions.delete_function, FunctionName=UNTAGGED, Qualifier="2")
    return (kept, deleted) == (["ResourceConflictException"] * 2, "accepted")


def _tag_decides(fixture: Fixture) -> bool:
    """A role whose policy names a tag may update the aliases of functions with the tag, and no others."""
    mover = fixture.client("lambda", *assume_mover(fixture))
    mover.get_alias(FunctionName="example", Name="live")
    mover.update_alias(FunctionName="example", Name="live", Description="updated")
    return code_of(mover.update_alias, FunctionName=UNTAGGED, Name="live", Description="updated") == (
        "AccessDeniedException"
    )


def _tags_need_permission(fixture: Fixture) -> bool:
    """GetFunction returns the tags only to root and to a role that may list them."""
    mover = fixture.client("lambda", *assume_mover(fixture))
    without_tags = mover.get_function(FunctionName="example")
    allowed = {"Effect": "Allow", "Action": "lambda:ListTags", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
    fixture.iam.put_role_policy(RoleName="mover", PolicyName="lister", PolicyDocument=policy)
    shown = [client.get_function(FunctionName="example").get("Tags") for client in (mover, fixture.lambda_)]
    refused = without_tags.get("TagsError", {}).get("ErrorCode")
    return ("Tags" in without_tags, refused) == (False, "AccessDeniedException") and shown == [
        {"rollout:alias": "live"}
    ] * 2


def _qualified_answer_without_tags(fixture: Fixture) -> bool:
    """GetFunction of a version, an alias or $LATEST returns neither the tags nor an error about them."""
    answers = [
        fixture.lambda_.get_function(FunctionName="example", Qualifier=qualifier)
        for qualifier in ("1", "live", "$LATEST")
    ]
    return all(answer.keys().isdisjoint({"Tags", "TagsError"}) for answer in answers)


def _decisions_recorded(fixture: Fixture) -> bool:
    """The audit log contains every decision of IAM."""
    decisions = [json.loads(line) for line in fixture.decisions.read_text().splitlines()]
    by_mover = [decision for decision in decisions if decision["principal"] == "mover"]
    outcomes = [(decision["action"], decision["allowed"]) for decision in by_mover]
    expected = {"lambda:UpdateAlias": [True, False], "lambda:ListTags": [False, True]}
    return expected == {action: [allowed for name, allowed in outcomes if name == action] for action in expected}


def _alias_event_published(fixture: Fixture) -> bool:
    """An alias update causes one CloudTrail event on the default bus."""
    messages = fixture.sqs.receive_message(QueueUrl=fixture.queue, WaitTimeSeconds=1).get("Messages", [])
    details = [json.loads(message["Body"])["detail"] for message in messages]
    return [(detail["eventName"], detail["responseElements"]["name"]) for detail in details] == [
        ("UpdateAlias20150331", "live")
    ]


def _alias_event_listed(fixture: Fixture) -> bool:
    """LookupEvents lists the alias update with its revision, while no delay hides it."""
    revision = fixture.lambda_.get_alias(FunctionName="example", Name="live")["RevisionId"]
    is_listed = []
    for seconds in (3600, 0):
        send_control_request(fixture, "delay-history", contains=revision, seconds=seconds)
        attributes = [{"AttributeKey": "EventName", "AttributeValue": "UpdateAlias20150331"}]
        events = fixture.cloudtrail.lookup_events(LookupAttributes=attributes)["Events"]
        revisions = {json.loads(event["CloudTrailEvent"])["responseElements"]["revisionId"] for event in events}
        is_listed.append(revision in revisions)
    return is_listed == [False, True]


def _version_arn_qualified(fixture: Fixture) -> bool:
    """A version published together with its code has a qualified ARN."""
    function = fixture.lambda_.get_function_configuration(FunctionName="example", Qualifier="2")
    return str(function["FunctionArn"]).endswith(":example:2")


def _dead_letter_queue_deployed(fixture: Fixture) -> bool:
    """A function created by CloudFormation has the dead-letter queue of its template."""
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:trail"
    code = {"ZipFile": "def handler(event, context): ..."}
    properties = {"FunctionName": "deployed", "Code": code, "DeadLetterConfig": {"TargetArn": queue}}
    template = {"Resources": {"Deployed": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    formation = fixture.client("cloudformation")
    formation.create_stack(StackName="example", TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(StackName="example", WaiterConfig={"Delay": 0.05})
    deployed = fixture.lambda_.get_function_configuration(FunctionName="deployed")
    return bool(deployed["DeadLetterConfig"]["TargetArn"] == queue)


def _deleted_function_listed(fixture: Fixture) -> bool:
    """GetResources still lists a deleted function, of which Lambda knows nothing."""
    fixture.create_function("deleted", {"rollout:alias": "live"})
    fixture.lambda_.delete_function(FunctionName="deleted")
    filters = {"ResourceTypeFilters": ["lambda:function"], "TagFilters": [{"Key": "rollout:alias"}]}
    resources = fixture.client("resourcegroupstaggingapi").get_resources(**filters)["ResourceTagMappingList"]
    names = {resource["ResourceARN"].rpartition(":")[2] for resource in resources}
    code = code_of(fixture.lambda_.list_versions_by_function, FunctionName="deleted")
    return ({"deleted", "example"} <= names, code) == (True, "ResourceNotFoundException")


def _permission_changes_revision(fixture: Fixture) -> bool:
    """A permission that is added to an alias or removed from it changes the alias's revision, and nothing else."""
    live = {"FunctionName": UNTAGGED, "Qualifier": "live", "StatementId": "rule"}
    seen = [_alias(fixture)]
    fixture.lambda_.add_permission(**live, Action="lambda:InvokeFunction", Principal="events.amazonaws.com")
    seen.append(_alias(fixture))
    fixture.lambda_.remove_permission(**live)
    seen.append(_alias(fixture))
    return len({revision for _, revision in seen}) == len(seen) and len({version for version, _ in seen}) == 1


def _alias(fixture: Fixture) -> tuple[str, str]:
    alias = fixture.lambda_.get_alias(FunctionName=UNTAGGED, Name="live")
    return alias["FunctionVersion"], alias["RevisionId"]


def assume_mover(fixture: Fixture) -> tuple[str, str, str]:
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    fixture.iam.update_assume_role_policy(RoleName="mover", PolicyDocument=document)
    role = f"arn:aws:iam::{ACCOUNT}:role/mover"
    session = fixture.client("sts").assume_role(RoleArn=role, RoleSessionName="example")["Credentials"]
    return session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]


CHECKS = [
    _refused_weight,
    _refused_version,
    _referenced_version_kept,
    _tag_decides,
    _tags_need_permission,
    _qualified_answer_without_tags,
    _decisions_recorded,
    _alias_event_published,
    _alias_event_listed,
    _version_arn_qualified,
    _dead_letter_queue_deployed,
    _deleted_function_listed,
    _permission_changes_revision,
]
