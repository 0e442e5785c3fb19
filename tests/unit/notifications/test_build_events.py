"""Tests of rollout events: each one is complete and matches its schema, and a repeated event has the same id."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from rollout.domain.enums import Move, Outcome
from rollout.domain.errors import AlreadyServedError
from rollout.lifecycle.alias_moves import KnownRouting
from rollout.lifecycle.rollback import Closing, read_closing
from rollout.notifications.alias_move import alias_move_event
from rollout.notifications.build_events import ending_event, rejection_event, shift_events, start_event
from rollout.notifications.command import command_event, named_command_event
from rollout.notifications.event_types import EVENT_TYPES
from rollout.notifications.events import AliasMoved, RolloutRejected
from rollout.notifications.freeze import FreezeEnd, freeze_event
from rollout.notifications.gate import gate_event
from rollout.notifications.releases.ended import ReleaseEvent
from rollout.notifications.releases.overdue import ReleaseOverdue
from rollout.schema import EVENTS, event_schema
from rollout.state.alias_move import AliasMove
from rollout.state.commands.record import record_of
from rollout.state.endings import ending_of, handed_over, promoted, rejected, rollback_failed, rolled_back
from rollout.state.failure import Failure
from rollout.state.hold import StandingFreeze
from tests.commands import command, gate, lock
from tests.repository.release_events import EVENTS as RELEASE_EVENTS
from tests.samples import AT, EXECUTION, TARGET, judgement, policy, rollout

ROOT = Path(__file__).parents[3]
ENDINGS = {
    "Rollout Promoted": promoted(rollout(), "healthy"),
    "Rollout Rolled Back": rolled_back("my-api:live", "3", "unhealthy"),
    "Rollout Handed Over": handed_over("my-api:live was moved"),
    "Rollback Failed": rollback_failed("my-api:live", "3", Failure(Error="E", Cause="c")),
    "Rollout Rejected": ending_of(Outcome.REJECTED, "execution my-api-4 was stopped before it wrote to my-api:live"),
}
REFUSAL = rejected(AlreadyServedError("my-api:live already serves version 4."))


def closing(**changes: object) -> Closing:
    return Closing(execution=EXECUTION, target=TARGET, stable_version="3", canary_version="4", **changes)


def all_events():
    """Return events of every type, with and without a judgement."""
    judged = rollout(judgement=judgement())
    refused = [
        rejection_event(request, EXECUTION, REFUSAL, AT) for request in ({"function": "my-api:4"}, "my-api", None)
    ]
    endings = [ending_event(closing(judgement=judgement()), ending, AT) for ending in ENDINGS.values()]
    moves = [alias_move_event(MOVE, before) for before in (None, KnownRouting(version="3", shares={"4": 10}))]
    record = record_of(command("pause"), lock(), "my-api:live is paused")
    commands = [command_event(record), named_command_event(record, GIVER)]
    waiting = [
        gate_event(one, gate(kind), "arn:of:it") for one in (rollout(), judged) for kind in ("approval", "pause")
    ]
    shifts = [*shift_events(rollout(), AT), *shift_events(judged, AT)]
    freezes = [freeze_event(one, freeze, FREEZE_END) for one in (rollout(), judged) for freeze in FREEZES]
    releases = [make() for make in RELEASE_EVENTS.values()]
    return [*shifts, *waiting, *freezes, *endings, *refused, *moves, *commands, *releases]


FREEZE_END = FreezeEnd("arn:of:commands", "/rollouts/freeze")
FREEZES = [
    StandingFreeze(number=3, since=AT, reason="the stack is frozen: holidays", until=AT),
    StandingFreeze(number=4, since=AT, reason="frozen by the command freeze-1: why", command="arn:of:freeze-1"),
]


@pytest.mark.parametrize(
    ("freeze", "is_by_command", "line"),
    [(FREEZES[0], False, "aws ssm delete-parameter"), (FREEZES[1], True, '"command": "release"')],
)
def test_freeze_is_an_event_of_its_own(freeze, is_by_command, line):
    event = freeze_event(rollout(), freeze, FREEZE_END)
    assert event.id == f"{EXECUTION.arn}/rollout-frozen/{freeze.number}"
    assert (event.is_by_command, event.until, event.percent) == (is_by_command, freeze.until, 10)
    assert event.sentence == f"my-api:live: version 4 keeps 10 %: {freeze.reason}"
    assert line in event.command_line


def test_channel_of_the_function_is_in_every_event_of_its_rollout():
    tagged = rollout(channel="checkout", judgement=judgement())
    record = record_of(command("pause"), lock(channel="checkout"), "my-api:live is paused")
    endings = [ending_event(closing(channel="checkout"), ending, AT) for ending in ENDINGS.values()]
    waiting = [gate_event(tagged, gate(), "arn:of:it"), freeze_event(tagged, FREEZES[0], FREEZE_END)]
    every = [*shift_events(tagged, AT), *waiting, *endings, command_event(record)]
    assert {event.channel for event in every} == {"checkout"}


def test_closing_with_an_invalid_channel_is_closed_without_it():
    document = rollout(next_move=Move.ROLL_BACK).document() | {"channel": ["no", "text"]}
    assert read_closing(document).channel is None


GIVER = "arn:of:anna at 2026-03-01T12:01:00Z"


def test_command_is_published_again_with_who_gave_it():
    """P11: the second event has an id of its own, and names the first one."""
    record = record_of(command("pause"), lock(), "my-api:live is paused")
    first, second = command_event(record), named_command_event(record, GIVER)
    assert (first.given_by, first.completes) == (None, None)
    assert (second.given_by, second.completes, second.id) == (GIVER, first.id, f"{first.id}/given-by")
    assert first.sentence == "my-api:live is paused. Reason: the database is slow"
    assert second.sentence == f"{first.sentence}. CloudTrail says it was {GIVER}"
    assert first.resource == EXECUTION.arn


MOVE = AliasMove(target=TARGET, event_id="e-1", at=AT, writer="arn:of:a:person", version="9", shares={"8": 25})


def test_move_is_reported_with_both_states_and_the_command_that_restores_the_alias():
    event = alias_move_event(MOVE, KnownRouting(version="3", shares={"4": 10}))
    assert event.id == "e-1/alias-moved"
    assert event.sentence == (
        "my-api:live was moved outside a rollout by arn:of:a:person: it serves version 9 with 25 % to version 8, and"
        " served version 3 with 10 % to version 4 before. If that was not intended, restore it (aws lambda update-alias"
        " --function-name my-api --name live --function-version 3 --routing-config 'AdditionalVersionWeights={}'), and"
        " let only Lambda Rollouts move it"
    )


def test_move_from_an_unknown_state_names_no_command():
    sentence = alias_move_event(MOVE, None).sentence
    assert sentence.endswith("version 9 with 25 % to version 8; what it served before is not in the ledger")


def test_first_shift_is_start_and_step():
    started, shifted = shift_events(rollout(reason="step 1 of 2"), AT)
    assert (started.detail_type, shifted.detail_type) == ("Rollout Started", "Step Shifted")
    assert (shifted.percent, shifted.step, shifted.steps) == (10, 1, 2)
    assert started.sentence == (
        "my-api:live: version 4 is rolled out in place of version 3, with 10 %, 50 %, then 100 % and a bake of 5m"
    )


def test_start_without_bake_names_no_bake():
    (started, _) = shift_events(rollout(policy=policy(bake=0)), AT)
    assert started.sentence.endswith("with 10 %, 50 %, then 100 %")


def test_start_says_what_auto_chose_and_what_it_would_catch():
    (started, _) = shift_events(rollout(auto="steps: Auto chose 10 % for 5m"), AT)
    assert started.auto == "steps: Auto chose 10 % for 5m"
    assert started.sentence.endswith("and a bake of 5m; steps: Auto chose 10 % for 5m")


def test_start_without_steps_is_an_event_too():
    at_once = rollout(policy=policy(steps="AllAtOnce"), auto="steps: Auto promotes at once", step=0)
    started = start_event(at_once, AT)
    assert (started.percents, started.id) == ((), f"{EXECUTION.arn}/rollout-started")
    assert started.sentence == (
        "my-api:live: version 4 is rolled out in place of version 3, with 100 % and a bake of 5m; steps: Auto promotes"
        " at once"
    )


def test_later_shift_is_step_with_its_judgement():
    (shifted,) = shift_events(rollout(step=2, judgement=judgement()), AT)
    assert (shifted.detail_type, shifted.percent) == ("Step Shifted", 50)
    assert (shifted.judgement.canary.calls, shifted.judgement.stable.bad) == (100, 9)


@pytest.mark.parametrize("detail_type", ENDINGS)
def test_ending_has_its_type_and_its_cause(detail_type):
    """P10."""
    event = ending_event(closing(), ENDINGS[detail_type], AT)
    assert event.detail_type == detail_type
    assert event.sentence.endswith(ENDINGS[detail_type].cause)
    assert (event.target.function, event.stable_version, event.canary_version) == ("my-api", "3", "4")


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
def test_rejection_has_readable_fields_of_request(request_, function, alias, version):
    event = rejection_event(request_, EXECUTION, REFUSAL, AT)
    assert (event.target.function, event.target.alias, event.canary_version) == (function, alias, version)
    assert (event.target.account, event.target.region) == ("123456789012", "eu-west-1")
    assert (event.error, event.cause) == ("AlreadyServedError", "my-api:live already serves version 4.")


def test_rejection_names_account_of_requested_function():
    target = rejection_event({"function": ARN}, EXECUTION, REFUSAL, AT).target
    assert (target.account, target.region) == ("111122223333", "us-west-2")


def test_event_id_is_unique_and_repeatable():
    """P4: a subscriber that drops known ids receives each event once."""
    first, second = ([event.id for event in all_events()] for _ in range(2))
    assert first == second
    steps = [shift_events(rollout(step=step), AT)[-1].id for step in (1, 2)]
    assert steps == [f"{EXECUTION.arn}/step-shifted/1", f"{EXECUTION.arn}/step-shifted/2"]


@pytest.mark.parametrize("event", all_events(), ids=lambda event: event.detail_type)
def test_event_matches_its_schema(event):
    detail = json.loads(event.model_dump_json(exclude_none=True))
    Draft202012Validator(event_schema(type(event))).validate(detail)
    assert type(event).model_validate(detail) == event


def test_every_event_type_is_tested():
    assert {type(event) for event in all_events()} == set(EVENT_TYPES)


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda event_type: event_type.detail_type)
def test_schema_requires_common_fields(event_type):
    required = event_schema(event_type)["required"]
    is_of_release, is_of_group = issubclass(event_type, ReleaseEvent), event_type is ReleaseOverdue
    assert {"schema_version", "id", "at", "sentence"} <= set(required)
    assert ("target" in required) is not (is_of_release or is_of_group)
    assert ({"release", "functions"} <= set(required)) is is_of_release
    assert ("execution" in required) is (event_type not in (AliasMoved, ReleaseOverdue))
    has_no_stable = event_type in (RolloutRejected, AliasMoved) or is_of_release or is_of_group
    assert ("stable_version" in required) is not has_no_stable


@pytest.mark.parametrize("name", EVENTS)
def test_schema_in_docs_matches_model(name):
    schema = json.loads((ROOT / f"docs/events/{name}.schema.json").read_text())
    assert schema == event_schema(EVENTS[name]), "run: make schema"
    Draft202012Validator.check_schema(schema)


def test_every_event_type_has_schema_in_docs_and_makefile():
    files = {path.name.removesuffix(".schema.json") for path in (ROOT / "docs/events").iterdir()}
    (line,) = (line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("EVENTS := "))
    assert files == set(EVENTS) == set(line.split()[2:])
