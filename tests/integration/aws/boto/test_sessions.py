"""In another account and region we work by the role it has for us, and where it has none we say so."""

import io
import zipfile
from types import SimpleNamespace

import boto3
import pytest
from botocore.session import Session

from rollout.aws.boto import clients
from rollout.aws.boto.sessions import member_session
from rollout.aws.wiring import alarms, alias_of, lookup, tagged_functions, version_metrics
from rollout.domain.errors import MemberAccessDeniedError, OtherAccountError
from rollout.domain.identity import AccountRegion, Target
from tests.integration.conftest import NOW, Wire, client, event

MEMBER = AccountRegion(account="222222222222", region="us-east-1")
ROLE = "arn:aws:iam::222222222222:role/rollouts-member-us-east-1"
ARN = "arn:aws:lambda:us-east-1:222222222222:function:their-api"
LIVE = Target(**dict(MEMBER), function="their-api", alias="live")


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    """Leave no session to the next test: what a member thinks of us may have changed."""
    monkeypatch.setenv("MEMBER_EXTERNAL_ID", "only-we-know")
    makers = (member_session, clients.lambda_client, clients.cloudwatch_client, clients.cloudtrail_client)
    yield
    for made in (*makers, clients.tagging_client):
        made.cache_clear()


@pytest.fixture
def assumed(aws, monkeypatch):
    """Note how each role is assumed, and refuse it where a test says so."""
    asked, answers = [], []
    make = Session.create_client

    def noted(params, **_):
        asked.append(params["body"])
        return answers[0] if answers else None

    def create(self, name, *args, **kwargs):
        made = make(self, name, *args, **kwargs)
        if name == "sts":
            made.meta.events.register("before-call.sts.AssumeRole", noted)
        return made

    monkeypatch.setattr(Session, "create_client", create)
    return SimpleNamespace(asked=asked, answers=answers)


@pytest.fixture
def their_api(aws):
    """An opted-in function of a member, with the versions 1 and 2, and its alias live at version 1."""
    credentials = client("sts").assume_role(RoleArn=ROLE, RoleSessionName="theirs")["Credentials"]
    keys = {f"aws_{name}": credentials[word] for name, word in WORDS.items()}
    theirs = boto3.Session(region_name=MEMBER.region, **keys).client("lambda")
    trusted = boto3.Session(**keys).client("iam").create_role(RoleName="api", AssumeRolePolicyDocument="{}")
    code = {"Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": _zipped("one")}}
    tags = {"rollout:alias": "live"}
    theirs.create_function(FunctionName="their-api", Role=trusted["Role"]["Arn"], Publish=True, Tags=tags, **code)
    theirs.create_alias(FunctionName="their-api", Name="live", FunctionVersion="1")
    theirs.update_function_code(FunctionName="their-api", ZipFile=_zipped("two"), Publish=True)


WORDS = {"access_key_id": "AccessKeyId", "secret_access_key": "SecretAccessKey", "session_token": "SessionToken"}


def _zipped(text):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", text)
    return archive.getvalue()


def test_a_member_is_entered_by_its_role_and_the_external_id_once(assumed, their_api):
    assert alias_of(LIVE).find().version == "1"
    assert lookup(MEMBER, "their-api").opted_in_alias == "live"
    (asked,) = [one for one in assumed.asked if "ExternalId" in one]
    assert (asked["RoleArn"], asked["ExternalId"]) == (ROLE, "only-we-know")


def test_whatever_is_read_is_read_there(assumed, their_api):
    alarms(MEMBER).alarm_states(["checkout"])
    version_metrics(MEMBER).p99(LIVE, NOW)
    assert [target.account_region for target in tagged_functions(MEMBER).targets()] == [MEMBER]
    assert {one["RoleArn"] for one in assumed.asked} == {ROLE}


@pytest.mark.parametrize("read", [lambda: alias_of(LIVE).find(), lambda: lookup(MEMBER, "their-api").tags])
def test_an_account_that_does_not_let_us_in_is_named_with_the_remedy(assumed, read):
    refused = {"Error": {"Code": "AccessDenied", "Message": f"not authorized to perform: sts:AssumeRole on {ROLE}"}}
    assumed.answers.append((SimpleNamespace(status_code=403), refused))
    with pytest.raises(
        MemberAccessDeniedError, match=r"sts:AssumeRole on arn:aws:iam::222222222222.*Deploy template-member"
    ):
        read()


def test_an_orchestrator_without_members_says_so(assumed, monkeypatch):
    monkeypatch.setenv("MEMBER_EXTERNAL_ID", "")
    with pytest.raises(
        OtherAccountError, match="account 222222222222, region us-east-1, and this orchestrator serves only"
    ):
        lookup(MEMBER, "their-api")
    assert assumed.asked == []


def test_a_version_published_in_a_member_is_rolled_out_there(handle, assumed, their_api, ledger, state_machine):
    """The envelope says where; StartRollout, PrepareRollout and ShiftTraffic go there."""
    told = event("start_rollout_version_published") | {"account": MEMBER.account, "region": MEMBER.region}
    assert handle("start_rollout", told | {"detail": {"function": "their-api"}})["started"] is True
    Wire(clients.lambda_client(MEMBER))
    request = {"function": ARN, "alias": "live", "version": "2"}
    begun = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    assert (begun["start"], begun["target"]) == ("begin", LIVE.model_dump())
    shifted = handle("shift_traffic", begun)
    assert alias_of(LIVE).find().shares == {"2": shifted["policy"]["steps"][0]["percent"]}
    assert ledger()[0]["target"] == "222222222222/us-east-1/their-api/live"


def test_a_members_hour_has_its_own_versions_swept(handle, assumed, their_api, ledger, state_machine):
    """P8: an account that nobody lists is looked after because it asks."""
    asked = event("guardian_hour_of_a_member") | MEMBER.model_dump()
    assert handle("guardian", asked) == {"repaired": [], "started": []}
    assert {one["RoleArn"] for one in assumed.asked} == {ROLE}
