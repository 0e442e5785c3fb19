"""A policy of a newer release is read by an older one, unless a team uses what only the newer one knows."""

import json
from copy import deepcopy

import pytest
from pydantic import ValidationError

from rollout.domain.errors import InvalidDocumentError
from rollout.policy.policy import Policy
from rollout.policy.read_policy import policy_of_json
from rollout.state.rollout import read_rollout
from tests.samples import rollout

POLICY = Policy.model_validate(
    {
        "steps": [{"percent": 10, "hold": "5m"}, {"approval": {"timeout": "1h"}}, {"percent": 20, "hold": 300}],
        "metrics": ["errors", {"slow": {"over_ms": 800}}],
        "hooks": {"before_traffic": [{"function": "smoke-test"}]},
    }
)
PLACES = [(), ("guards",), ("metrics", 0), ("metrics", 1, "slow"), ("steps", 0), ("steps", 1, "approval")]
PLACES += [("hooks",), ("hooks", "before_traffic", 0)]


def written(place, value):
    """Return the policy as JSON with an unknown key somewhere."""
    kept = deepcopy(POLICY.model_dump(mode="json"))
    holder = kept
    for name in place:
        holder = holder[name]
    holder["later"] = value
    return json.dumps(kept)


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("value", [None, False, "", [], {}], ids=str)
def test_unknown_key_that_is_empty_is_left_out(place, value):
    assert policy_of_json(written(place, value)) == POLICY


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("value", [0, True, "strict", [1], {"over": 3}], ids=str)
def test_unknown_key_with_a_value_is_refused(place, value):
    """P5: a rollout does not go on without what a team wants of it."""
    with pytest.raises(ValidationError, match="later"):
        policy_of_json(written(place, value))


def test_unused_keys_everywhere_are_left_out_together():
    kept = POLICY.model_dump(mode="json") | {"later": None}
    kept["guards"]["later"], kept["hooks"]["later"] = [], {}
    assert policy_of_json(json.dumps(kept)) == POLICY


def test_other_problem_of_the_policy_is_refused_too():
    with pytest.raises(ValidationError, match="bake"):
        policy_of_json(json.dumps(POLICY.model_dump(mode="json") | {"later": None, "bake": "soon"}))


def test_document_of_a_newer_release_is_read():
    running = rollout(policy=POLICY)
    document = running.document()
    document["later"] = {"any": "value"}
    document["policy"]["later"] = None
    assert read_rollout(document) == running


def test_document_with_what_only_a_newer_release_does_is_refused_by_name():
    document = rollout(policy=POLICY).document()
    document["policy"]["later"] = "strict"
    with pytest.raises(InvalidDocumentError, match="later"):
        read_rollout(document)
