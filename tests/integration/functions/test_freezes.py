"""Tests of freezes: the parameter in Parameter Store holds new and live rollouts, and an override is on record."""

import json

import pytest

from rollout.aws.parameter_store import parameter_store, stored_texts
from tests.integration.conftest import client, event

PARAMETER = "/rollouts/freeze"
POLICY = {"steps": [{"percent": 10, "hold": "5m"}]}


@pytest.fixture
def freeze(aws):
    """Freeze the stack with a text, or a value as JSON."""
    parameter_store.cache_clear()

    def put(value):
        text = value if isinstance(value, str) else json.dumps(value)
        client("ssm").put_parameter(Name=PARAMETER, Value=text, Type="String", Overwrite=True)

    yield put
    parameter_store.cache_clear()


@pytest.fixture
def prepare(handle, my_api, lambda_wire, ledger, freeze):
    """Run PrepareRollout with a request."""
    request = {"function": "my-api", "policy": POLICY}
    return lambda **fields: handle("prepare_rollout", event("prepare_rollout") | {"request": request | fields})


@pytest.mark.parametrize("mode", ["hold", "roll_back", "no_new"])
def test_no_rollout_begins_in_a_freeze(prepare, freeze, ledger, mode):
    freeze({"reason": "holidays", "until": "2126-12-01T08:00Z", "mode": mode})
    document = prepare()
    assert document["start"] == "queue"
    assert document["reason"].startswith(
        "version 2 waits, because the stack is frozen until 2126-12-01T08:00Z: holidays"
    )
    assert [entry["entry"] for entry in ledger()] == []


def test_freeze_without_valid_json_holds_rollouts_too(prepare, freeze):
    freeze("holidays")
    assert "the parameter /rollouts/freeze is refused: it is no JSON" in prepare()["reason"]


def test_missing_freeze_is_looked_for_each_five_seconds(prepare, freeze):
    """Parameter Store allows 40 calls a second, and a freeze is rare."""
    calls: list[str] = []
    parameter_store().client.meta.events.register("before-call.ssm", lambda model, **_: calls.append(model.name))
    prepare()
    prepare()
    assert calls == ["GetParameter"]
    parameter_store().clear_cache()  # as if five seconds had passed
    freeze({"reason": "holidays"})
    assert "holidays" in prepare()["reason"]


def test_missing_policy_is_looked_for_at_each_try(prepare, freeze):
    """The person who stores it tries again at once."""
    texts, name = stored_texts(), "/rollouts/policies/careful"
    assert texts.find(name) is None
    client("ssm").put_parameter(Name=name, Value="{}", Type="String")
    assert texts.find(name) == "{}"


@pytest.mark.parametrize("value", [None, {"reason": "over", "until": "2020-12-01T08:00Z"}])
def test_rollout_begins_without_a_freeze_and_after_it(prepare, freeze, value):
    if value:
        freeze(value)
    assert prepare()["start"] == "begin"


def test_override_is_in_the_ledger(prepare, freeze, ledger):
    """P11."""
    freeze({"reason": "holidays"})
    document = prepare(override_freeze="a fix.")
    assert (document["start"], document["override_freeze"]) == ("begin", "a fix")
    assert [entry["override_freeze"] for entry in ledger()] == ["a fix"]


def test_dry_run_says_that_the_version_would_wait(prepare, freeze):
    """P6."""
    freeze({"reason": "holidays"})
    answer = prepare(dry_run=True)
    assert (answer["plan"]["start"], answer["plan"]["refusals"]) == ("queue", [])
    assert "version 2 would wait, because the stack is frozen: holidays" in answer["reason"]
