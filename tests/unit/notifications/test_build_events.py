"""What a rollout does becomes news that says all there is to know, and the same news twice has one id."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from rollout.domain.enums import Outcome
from rollout.domain.errors import AlreadyServedError
from rollout.lifecycle.rollback import Closing
from rollout.notifications.build_events import ending_event, rejection_event, shift_events
from rollout.notifications.events import EVENT_TYPES, RolloutRejected
from rollout.schema import EVENTS, event_schema
from rollout.state.endings import ending_of, handed_over, promoted, rejected, rollback_failed, rolled_back
from rollout.state.rollout import Failure
from tests.samples import AT, EXECUTION, TARGET, judgement, policy, rollout

ROOT = Path(__file__).parents[3]
ENDINGS = {
    "Rollout Promoted": promoted(rollout(), "healthy"),
    "Rollout Rolled Back": rolled_back("my-api:live", "3", "unhealthy"),
    "Rollout Handed Over": handed_over("my-api:live was moved"),
    "Rollback Failed": rollback_failed("my-api:live", "3", Failure(Error="E", Cause="c")),
    "Rollout Rejected": ending_of(Outcome.REJECTED, "execution my-api-4 was stopped before it had written"),
}
REFUSAL = rejected(AlreadyServedError("my-api:live already serves version 4."))


def closing(**changes: object) -> Closing:
    return Closing(execution=EXECUTION, target=TARGET, stable_version="3", canary_version="4", **changes)


def everything():
    """One piece of news of each kind, and more."""
    judged = rollout(judgement=judgement())
    refused = [
        rejection_event(request, EXECUTION, REFUSAL, AT) for request in ({"function": "my-api:4"}, "my-api", None)
    ]
    endings = [ending_event(closing(judgement=judgement()), ending, AT) for ending in ENDINGS.values()]
    return [*shift_events(rollout(), AT), *shift_events(judged, AT), *endings, *refused]


def test_the_first_step_is_the_start_and_a_step():
    started, shifted = shift_events(rollout(reason="step 1 of 2"), AT)
    assert (started.detail_type, shifted.detail_type) == ("Rollout Started", "Step Shifted")
    assert (shifted.percent, shifted.step, shifted.steps) == (10, 1, 2)
    assert started.sentence == (
        "my-api:live: version 4 is rolled out in place of version 3, with 10 %, 50 %, then alone and watched for 5m"
    )


def test_without_a_bake_nobody_is_said_to_watch():
    (started, _) = shift_events(rollout(policy=policy(bake=0)), AT)
    assert started.sentence.endswith("with 10 %, 50 %, then alone")


def test_a_later_step_starts_nothing_and_tells_the_look_that_let_it_pass():
    (shifted,) = shift_events(rollout(step=2, judgement=judgement()), AT)
    assert (shifted.detail_type, shifted.percent) == ("Step Shifted", 50)
    assert (shifted.judgement.canary.calls, shifted.judgement.stable.bad) == (100, 9)


@pytest.mark.parametrize("detail_type", ENDINGS)
def test_an_ending_is_told_by_its_name_and_its_cause(detail_type):
    """P10."""
    told = ending_event(closing(), ENDINGS[detail_type], AT)
    assert told.detail_type == detail_type
    assert told.sentence.endswith(ENDINGS[detail_type].cause)
    assert (told.target.function, told.stable_version, told.canary_version) == ("my-api", "3", "4")


ARN = "arn:aws:lambda:us-west-2:111122223333:function:my-api"


@pytest.mark.parametrize(
    ("request_", "function", "alias", "version"),
    [
        ({"function": "my-api", "alias": "live", "version": 4}, "my-api", "live", "4"),
        ({"function": "my-api", "version": 4.0}, "my-api", None, "4"),
        ({"function": "my-api:4"}, "my-api", None, "4"),
        ({"function": "my-api:live"}, "my-api", "live", None),
        ({"function": "my-api:$LATEST"}, "my-api", None, "$LATEST"),
        ({"function": "my api!", "alias": "live"}, None, "live", None),
        ({"function": 7, "alias": ["live"], "version": True}, None, None, None),
        ([], None, None, None),
        ("my-api", None, None, None),
        (None, None, None, None),
    ],
)
def test_of_a_refused_request_is_told_what_can_be_read(request_, function, alias, version):
    told = rejection_event(request_, EXECUTION, REFUSAL, AT)
    assert (told.target.function, told.target.alias, told.canary_version) == (function, alias, version)
    assert (told.target.account, told.target.region) == ("123456789012", "eu-west-1")
    assert (told.error, told.cause) == ("AlreadyServedError", "my-api:live already serves version 4.")


def test_a_refused_request_about_another_account_is_told_with_that_account():
    target = rejection_event({"function": ARN}, EXECUTION, REFUSAL, AT).target
    assert (target.account, target.region) == ("111122223333", "us-west-2")


def test_news_has_an_id_of_its_own_and_the_same_one_again():
    """P4: whoever drops what he has seen hears each thing once."""
    first, again = ([one.id for one in everything()] for _ in range(2))
    assert first == again
    steps = [shift_events(rollout(step=step), AT)[-1].id for step in (1, 2)]
    assert steps == [f"{EXECUTION.arn}/step-shifted/1", f"{EXECUTION.arn}/step-shifted/2"]


@pytest.mark.parametrize("told", everything(), ids=lambda told: told.detail_type)
def test_news_is_as_its_schema_says(told):
    detail = json.loads(told.model_dump_json(exclude_none=True))
    Draft202012Validator(event_schema(type(told))).validate(detail)
    assert type(told).model_validate(detail) == told


def test_every_kind_of_news_is_told_here():
    assert {type(told) for told in everything()} == set(EVENT_TYPES)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.detail_type)
def test_a_sentence_and_a_version_of_the_schema_are_always_there(kind):
    required = event_schema(kind)["required"]
    assert {"schema_version", "id", "at", "sentence", "execution", "target"} <= set(required)
    assert ("stable_version" in required) is (kind is not RolloutRejected)


@pytest.mark.parametrize("name", EVENTS)
def test_the_schemas_in_the_repository_are_the_models_own(name):
    written = json.loads((ROOT / f"docs/events/{name}.schema.json").read_text())
    assert written == event_schema(EVENTS[name]), "make schema writes it anew"
    Draft202012Validator.check_schema(written)


def test_there_is_a_schema_for_each_kind_and_make_writes_them_all():
    files = {path.name.removesuffix(".schema.json") for path in (ROOT / "docs/events").iterdir()}
    (made,) = (line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("EVENTS := "))
    assert files == set(EVENTS) == set(made.split()[2:])
