"""An UpdateAlias call is read from CloudTrail's record, of every kind of identity."""

import json
from pathlib import Path

import pytest

from rollout.admission.events.alias_event import AliasUpdated

EVENTS = Path(__file__).parents[4] / "events"


def updated(**identity: object) -> AliasUpdated:
    """Return the sample event with another identity."""
    event = json.loads((EVENTS / "report_alias_move.json").read_text())
    event["detail"] |= {"userIdentity": identity} if identity else {}
    return AliasUpdated.model_validate(event)


def test_alias_is_in_the_account_and_region_of_the_envelope():
    target = updated().target
    assert (target.account, target.region, target.name) == ("123456789012", "eu-west-1", "my-api:live")


ROLE = "arn:aws:sts::111122223333:assumed-role/deployer/session"


@pytest.mark.parametrize(
    ("identity", "writer", "role"),
    [
        ({"arn": ROLE}, ROLE, "deployer"),
        ({"arn": "arn:aws:iam::123456789012:user/anna"}, "arn:aws:iam::123456789012:user/anna", None),
        ({"arn": "arn:aws:iam::123456789012:root"}, "arn:aws:iam::123456789012:root", None),
        ({"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, "lambda.amazonaws.com", None),
        ({"type": "Unknown"}, "an unknown identity", None),
    ],
)
def test_writer_is_read_from_every_kind_of_identity(identity, writer, role):
    event = updated(**identity)
    assert (event.writer, event.writer_role and event.writer_role[1]) == (writer, role)


@pytest.mark.parametrize(
    ("request_fields", "names_versions"),
    [
        ({"functionVersion": "2"}, True),
        ({"routingConfig": {"additionalVersionWeights": {"2": 0.1}}}, True),
        ({"description": "of the team"}, False),
        ({"functionVersion": None, "description": "of the team"}, False),
    ],
)
def test_call_that_changes_a_description_names_no_versions(request_fields, names_versions):
    event = updated()
    detail = event.detail.model_copy(update={"request": request_fields})
    assert event.model_copy(update={"detail": detail}).names_versions is names_versions
