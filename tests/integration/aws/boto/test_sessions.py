"""Tests of sessions: the role of a member account is assumed, and an account without it gets a clear error."""

import io
import zipfile
from types import SimpleNamespace

import boto3
import pytest
from botocore.session import Session

from rollout.aws.boto import clients
from rollout.aws.boto.sessions import member_session
from rollout.aws.cloudwatch.alarms import alarms
from rollout.aws.cloudwatch.metrics import version_metrics
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.lambda_.functions import lookup
from rollout.aws.lambda_.tagged_functions import tagged_functions
from rollout.domain.errors import MemberAccessDeniedError, OtherAccountError
from rollout.domain.identity import AccountRegion, Target
from tests.integration.conftest import NOW, Wire, client, event

MEMBER = AccountRegion(account="222222222222", region="us-east-1")
ROLE = "arn:aws:iam::222222222222:role/rollouts-member-us-east-1"
ARN = "arn:aws:lambda:us-east-1:222222222222:function:member-api"
LIVE = Target(**dict(MEMBER), function="member-api", alias="live")


@pytest.fixture(autouse=True)
def fresh_sessions(monkeypatch):
    """Remove the cached sessions and clients after each test."""
    monkeypatch.setenv("MEMBER_EXTERNAL_ID", "external-id")
    factories = (member_session, clients.lambda_client, clients.cloudwatch_client, clients.cloudtrail_client)
    yield
    for factory in (*factories, clients.tagging_client):
        factory.cache_clear()


@pytest.fixture
def assumed(aws, monkeypatch):
    """Record each AssumeRole call, and answer it as a test asks."""
    requests, answers = [], []
    create_client = Session.create_client

    def record(params, **_):
        requests.append(params["body"])
        return answers[0] if answers else None

    def create(self, name, *args, **kwargs):
        client = create_client(self, name, *args, **kwargs)
        if name == "sts":
            client.meta.events.register("before-call.sts.AssumeRole", record)
        return client

    monkeypatch.setattr(Session, "create_client", create)
    return SimpleNamespace(requests=requests, answers=answers)


@pytest.fixture
def member_api(aws):
    """An opted-in function of a member account, with versions 1 and 2, and the alias live at version 1."""
    credentials = client("sts").assume_role(RoleArn=ROLE, RoleSessionName="member")["Credentials"]
    keys = {f"aws_{name}": credentials[key] for name, key in CREDENTIALS.items()}
    functions = boto3.Session(region_name=MEMBER.region, **keys).client("lambda")
    role = boto3.Session(**keys).client("iam").create_role(RoleName="api", AssumeRolePolicyDocument="{}")
    code = {"Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": _zipped("one")}}
    tags = {"rollout:alias": "live"}
    functions.create_function(FunctionName="member-api", Role=role["Role"]["Arn"], Publish=True, Tags=tags, **code)
    functions.create_alias(FunctionName="member-api", Name="live", FunctionVersion="1")
    functions.update_function_code(FunctionName="member-api", ZipFile=_zipped("two"), Publish=True)


CREDENTIALS = {"access_key_id": "AccessKeyId", "secret_access_key": "SecretAccessKey", "session_token": "SessionToken"}


def _zipped(text):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", text)
    return archive.getvalue()


def test_member_role_is_assumed_once_with_external_id(assumed, member_api):
    assert alias_of(LIVE).find().version == "1"
    assert lookup(MEMBER, "member-api").opted_in_alias == "live"
    (request,) = [request for request in assumed.requests if "ExternalId" in request]
    assert (request["RoleArn"], request["ExternalId"]) == (ROLE, "external-id")


def test_every_read_uses_member_role(assumed, member_api):
    alarms(MEMBER).alarm_states(["checkout"])
    version_metrics(MEMBER).p99(LIVE, NOW)
    assert [target.account_region for target in tagged_functions(MEMBER).targets()] == [MEMBER]
    assert {request["RoleArn"] for request in assumed.requests} == {ROLE}


@pytest.mark.parametrize("read", [lambda: alias_of(LIVE).find(), lambda: lookup(MEMBER, "member-api").tags])
def test_member_account_without_role_is_named_with_remedy(assumed, read):
    denied = {"Error": {"Code": "AccessDenied", "Message": f"not authorized to perform: sts:AssumeRole on {ROLE}"}}
    assumed.answers.append((SimpleNamespace(status_code=403), denied))
    with pytest.raises(
        MemberAccessDeniedError, match=r"sts:AssumeRole on arn:aws:iam::222222222222.*Deploy template-member"
    ):
        read()


def test_orchestrator_without_member_accounts_raises_error(assumed, monkeypatch):
    monkeypatch.setenv("MEMBER_EXTERNAL_ID", "")
    with pytest.raises(
        OtherAccountError, match="account 222222222222, region us-east-1, and this orchestrator serves only"
    ):
        lookup(MEMBER, "member-api")
    assert assumed.requests == []


def test_version_of_member_account_is_rolled_out_there(handle, assumed, member_api, ledger, state_machine):
    """StartRollout, PrepareRollout and ShiftTraffic use the account and region of the event's envelope."""
    published = event("start_rollout_version_published") | {"account": MEMBER.account, "region": MEMBER.region}
    assert handle("start_rollout", published | {"detail": {"function": "member-api"}})["started"] is True
    Wire(clients.lambda_client(MEMBER))
    request = {"function": ARN, "alias": "live", "version": "2"}
    begun = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    assert (begun["start"], begun["target"]) == ("begin", LIVE.model_dump())
    shifted = handle("shift_traffic", begun)
    assert alias_of(LIVE).find().shares == {"2": shifted["policy"]["steps"][0]["percent"]}
    assert ledger()[0]["target"] == "222222222222/us-east-1/member-api/live"


def test_event_of_member_account_sweeps_its_versions(handle, assumed, member_api, ledger, state_machine):
    """P8: the schedule of a member account requests the sweep, so the orchestrator needs no list of accounts."""
    scheduled = event("guardian_sweeps_member_account") | MEMBER.model_dump()
    assert handle("guardian", scheduled) == {
        "repaired": [],
        "closed": [],
        "released": [],
        "unqueued": [],
        "named": [],
        "started": [],
        "failed": [],
        "deleted": [],
        "not_reached": [],
    }
    assert {request["RoleArn"] for request in assumed.requests} == {ROLE}
