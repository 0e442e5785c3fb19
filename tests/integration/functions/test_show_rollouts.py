"""ShowRollouts answers every event with a page, and reads the ledger with few queries."""

import json
from datetime import timedelta

import pytest

from rollout.admission.releases.by_tag import release_of
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import key, partition, typed
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.dynamodb.release_groups import release_groups
from rollout.aws.dynamodb.shown_rollouts import shown_rollouts
from rollout.domain.enums import HookPoint, HookResult, Move, Outcome
from rollout.state.dashboard.status import status_of
from rollout.state.endings import ending_of
from rollout.state.hooks.run import HookRun, HookState
from rollout.state.lock import PlannedWrite, QueuedVersion, lock_of
from tests.integration.conftest import NOW, client
from tests.integration.ledger_entries import change_entry
from tests.samples import EXECUTION, TARGET, judgement, policy
from tests.samples import rollout as sample

MOST_BYTES = 200_000


@pytest.fixture
def queries(ledger):
    """The calls of the dashboard's client to DynamoDB, by operation."""
    calls = []
    events = clients.dynamodb_client().meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="counted")
    yield calls
    events.unregister("before-call.dynamodb", unique_id="counted")


def begin(number=1, **changes):
    """Let a rollout of its own function run in its first step, with one evaluation."""
    name = f"my-api-{number}"
    execution = EXECUTION.model_copy(update={"arn": f"{EXECUTION.arn}-{number}", "name": name})
    target = TARGET.model_copy(update={"function": name})
    running = sample(
        execution=execution, target=target, judgement=judgement(), evaluations=1, next_move=Move.WAIT, **changes
    )
    before = running.model_copy(update={"step": 0})
    locks().acquire(lock_of(before, PlannedWrite(version="3", shares={"4": 10})))
    rollout_ledger().open(running, NOW)
    shown_rollouts().record_status(running, status_of(running, NOW))
    return running


def detail_of(running):
    """Return the event that requests the detail of a rollout."""
    return {"view": "detail", "rollout": key(running.target, "rollout", running.execution)}


def end(running, outcome=Outcome.PROMOTED, cause="it was healthy"):
    rollout_ledger().close(running.target, running.execution, ending_of(outcome, cause), NOW)
    if outcome is not Outcome.ROLLBACK_FAILED:
        locks().release(running.target, running.execution)


def test_overview_says_what_serves_how_healthy_it_is_and_what_follows(handle, ledger):
    begin()
    page = handle("show_rollouts", {})
    assert "version 3 (stable) serves 90 % · version 4 (canary) serves 10 %" in page
    assert "healthy" in page
    assert "evidence against version 4: 1 of a limit of 100" in page
    assert "version 4 gets 50 %, if it stays healthy" in page


def test_detail_shows_the_evaluations_that_the_ledger_keeps(handle, ledger):
    running = begin()
    for number in (1, 2, 3):
        evaluated = running.model_copy(update={"evaluations": number, "reason": f"evaluation {number} is fine"})
        rollout_ledger().record_evaluation(evaluated, NOW)
    page = handle("show_rollouts", detail_of(running))
    assert "Evaluations (3)" in page
    assert page.index("evaluation 3 is fine") < page.index("evaluation 1 is fine")
    assert page.count("<svg") == 3


def test_detail_of_a_thousand_evaluations_reads_every_page(handle, ledger):
    running = begin()
    for number in range(1, 1001):
        evaluated = running.model_copy(update={"evaluations": number, "reason": "x" * 1000})
        rollout_ledger().record_evaluation(evaluated, NOW)
    assert "Evaluations (1,000)" in handle("show_rollouts", detail_of(running))


def test_detail_keeps_what_hooks_answered(handle, ledger):
    running = begin(policy=policy(hooks={"before_traffic": [{"function": "smoke-test"}]}))
    passed = HookState(result=HookResult.PASSED, calls=1, said="every page loads")
    run = HookRun(point=HookPoint.BEFORE_TRAFFIC, step=0, since=NOW, hooks=(passed,))
    rollout_ledger().record_evaluation(running.model_copy(update={"hook_run": run}), NOW)
    page = handle("show_rollouts", detail_of(running))
    assert "smoke-test" in page
    assert "every page loads" in page


def test_rollout_that_the_ledger_does_not_know_is_answered_by_a_page(handle, ledger):
    running = begin()
    rollout_ledger().record_evaluation(running, NOW)
    event = detail_of(running)
    event["rollout"]["entry"] += "-other"
    assert "The ledger has no rollout" in handle("show_rollouts", event)


def test_overview_of_200_rollouts_needs_three_reads_and_little_html(handle, ledger, queries):
    for number in range(200):
        begin(number)
    queries.clear()
    page = handle("show_rollouts", {})
    assert "200 shifting" in page
    assert sorted(queries) == ["BatchGetItem", "Query", "Query"]
    assert len(page.encode()) < MOST_BYTES


def test_ended_rollouts_move_to_the_last_endings(handle, ledger):
    end(begin(1))
    end(begin(2), Outcome.ROLLED_BACK, "errors went up")
    page = handle("show_rollouts", {})
    assert "No rollout is live now" in page
    assert page.index("errors went up") > page.index("Last endings")


def test_failed_rollback_stays_at_the_top(handle, ledger):
    begin(1)
    end(begin(2), Outcome.ROLLBACK_FAILED, "the alias may be split")
    page = handle("show_rollouts", {})
    assert "1 rollback failed, 1 shifting" in page
    assert page.index("a person has to point the alias at version 3 only") < page.index("my-api-1:live")


def test_queued_version_is_shown_with_its_reason(handle, ledger):
    queued = QueuedVersion(version="9", holder=EXECUTION, seen_at=NOW - timedelta(minutes=1), reason="it waits")
    queue().join(TARGET, queued)
    assert "Version 9 waits since" in handle("show_rollouts", {})


def test_version_that_waits_for_the_release_of_its_tag_is_shown_with_its_reason(handle, ledger):
    release_groups().wait("shop", TARGET, "9", NOW)
    release_groups().explain(release_groups().find(TARGET.account_region, "shop"), "checkout:live has published none")
    page = handle("show_rollouts", {})
    assert "Version 9 waits since" in page
    assert "checkout:live has published none" in page


def test_version_whose_release_has_started_does_not_wait_on_the_dashboard(handle, ledger):
    release_groups().wait("shop", TARGET, "9", NOW)
    group = release_groups().find(TARGET.account_region, "shop")
    release_groups().start(group, release_of(group, TARGET.account_region))
    assert "waits since" not in handle("show_rollouts", {})


def test_status_of_an_earlier_evaluation_replaces_no_later_one(handle, ledger):
    running = begin()
    later = running.model_copy(update={"evaluations": 3, "reason": "the later one"})
    shown_rollouts().record_status(later, status_of(later, NOW))
    shown_rollouts().record_status(running, status_of(running, NOW))
    assert "the later one" in handle("show_rollouts", {})


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"view": "everything"}, "view"),
        ({"page": 0}, "page"),
        ({"state": "happy"}, "state"),
        ({"function": "x" * 5000}, "function"),
        ({"view": "detail"}, "rollout is missing"),
        ("text", "view"),
        ([1], "view"),
    ],
)
def test_request_that_cannot_be_read_is_answered_by_a_page_that_names_the_field(handle, ledger, event, problem):
    page = handle("show_rollouts", event)
    assert "The dashboard cannot show this" in page
    assert problem in page
    assert "Traceback" not in page


def without(document, **changes):
    return json.dumps(json.loads(document) | changes)


STRANGE = [
    ("rollout#", {"policy": "no JSON"}),
    ("rollout#", {"policy": "[" * 5000}),
    ("rollout#", {"started_at": "no time", "began_at": "0001-01-01T00:00:00Z"}),
    ("rollout#", {"reason": 17}),
    ("rollout#", {"execution_arn": None}),
    ("lock", {"moves": "many"}),
    ("lock", {"moves": [1]}),
    ("lock", {"superseded_by": 5}),
    ("lock", {"commands": "no JSON"}),
    ("lock", {"holder": None}),
    ("status", {"status_document": None}),
    ("status", {"execution_arn": None}),
    ("status", {"execution_arn": b"bytes"}),
    ("status", {"status_document": [1]}),
    ("status", {"status_document": "no JSON"}),
    ("queue", {"queued": 5}),
    ("queue", {"queued": None}),
]


@pytest.mark.parametrize(("kind", "changes"), STRANGE)
def test_strange_entry_hides_no_other_rollout(handle, ledger, kind, changes):
    strange = begin(1)
    queue().join(strange.target, QueuedVersion(version="9", holder=EXECUTION, seen_at=NOW, reason="it waits"))
    begin(2)
    change_entry(strange.target, kind, **changes)
    page = handle("show_rollouts", {})
    assert "cannot show this" not in page
    assert "my-api-2:live" in page


@pytest.mark.parametrize("minutes", [-840, 840])
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T12:00:00"])
@pytest.mark.parametrize("name", ["at", "step_started_at", "next_at", "held_since"])
def test_time_at_the_ends_of_the_calendar_is_shown(handle, ledger, name, at, minutes):
    running = begin()
    change_entry(
        running.target, "status", status_document=without(status_of(running, NOW).model_dump_json(), **{name: at})
    )
    context = {"widgetContext": {"timezone": {"offsetInMinutes": minutes}}}
    for event in (context, context | detail_of(running)):
        assert "cannot show this" not in handle("show_rollouts", event)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "no time"])
def test_evaluation_at_no_time_is_left_out(handle, ledger, at):
    running = begin()
    for number in (1, 2):
        rollout_ledger().record_evaluation(running.model_copy(update={"evaluations": number}), NOW)
    change_entry(running.target, "evaluation#", at=at)
    assert "Evaluations (1)" in handle("show_rollouts", detail_of(running))


@pytest.mark.parametrize("changes", [{"stable_version": 3}, {"is_back": "maybe"}, {"outcome": ["promoted"]}])
def test_detail_of_an_entry_that_cannot_be_read_names_the_field(handle, ledger, changes):
    running = begin()
    change_entry(running.target, "rollout#", **changes)
    page = handle("show_rollouts", detail_of(running))
    assert "cannot be read" in page
    assert next(iter(changes)) in page
    assert "internal error" not in page


NAMES = ("reason", "policy", "canary_version", "started_by", "execution_arn", "began_at", "is_back", "canary_logs")
BINARY = [
    *(("rollout#", name) for name in NAMES),
    ("evaluation#", "reason"),
    ("evaluation#", "at"),
    ("command#", "why"),
    ("status", "status_document"),
]


@pytest.mark.parametrize(("kind", "name"), BINARY)
def test_binary_attribute_hides_nothing_else_of_the_detail(handle, ledger, kind, name):
    running = begin()
    for number in (1, 2):
        rollout_ledger().record_evaluation(running.model_copy(update={"evaluations": number}), NOW)
    command = {"target": partition(running.target), "entry": "command#1", "rollout_execution": running.execution.arn}
    client("dynamodb").put_item(
        TableName="ledger", Item=typed(command | {"command": "pause", "taken_at": NOW.isoformat()})
    )
    change_entry(running.target, kind, **{name: b"\xff\xfe"})
    for event in (detail_of(running), {}):
        page = handle("show_rollouts", event)
        assert "cannot show this" not in page
        assert "my-api-1:live" in page


def test_binary_attribute_is_named_in_the_detail(handle, ledger):
    running = begin()
    change_entry(running.target, "rollout#", policy_source=b"\xff\xfe")
    page = handle("show_rollouts", detail_of(running))
    assert "cannot be read: policy_source is" in page


def test_lock_with_the_document_of_another_alias_hides_no_rollout(handle, ledger):
    one, other = begin(1), begin(2)
    document = lock_of(one, PlannedWrite(version="3", shares={"4": 10})).model_dump_json()
    change_entry(other.target, "lock", lock_document=document)
    assert "my-api-1:live" in handle("show_rollouts", {})


def test_page_of_long_reasons_stays_small(handle, ledger):
    for number in range(20):
        running = begin(number)
        change_entry(running.target, "status", execution_arn=None)
        change_entry(running.target, "rollout#", reason="&" * 100_000, canary_version="5" * 100_000)
        reason = "\U0001f680" * 100_000
        queue().join(running.target, QueuedVersion(version="9", holder=EXECUTION, seen_at=NOW, reason=reason))
    for event in ({}, {"page": 2}, {"widgetContext": {"forms": {"all": {"reason": "x" * 1_000_000}}}}):
        assert len(handle("show_rollouts", event).encode()) < MOST_BYTES


def test_ledger_that_cannot_be_read_is_answered_by_a_page(handle, aws):
    """There is no table."""
    page = handle("show_rollouts", {})
    assert "The ledger cannot be read, and no rollout is affected." in page
    assert "ResourceNotFoundException" in page
