"""ShowRollouts answers every event with a page, and reads the ledger with few queries."""

from datetime import timedelta

import pytest

from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import key
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.dynamodb.shown_rollouts import shown_rollouts
from rollout.domain.enums import HookPoint, HookResult, Move, Outcome
from rollout.state.dashboard.status import status_of
from rollout.state.endings import ending_of
from rollout.state.hooks.run import HookRun, HookState
from rollout.state.lock import PlannedWrite, QueuedVersion, lock_of
from tests.integration.conftest import NOW
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


def test_ledger_that_cannot_be_read_is_answered_by_a_page(handle, aws):
    """There is no table."""
    page = handle("show_rollouts", {})
    assert "The ledger cannot be read, and no rollout is affected." in page
    assert "ResourceNotFoundException" in page
