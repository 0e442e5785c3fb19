"""Tests of the search for a writer, from CloseRollout and the guardian's repair to the completed ending (P10)."""

from datetime import timedelta
from typing import Any

import pytest

from rollout.aws.cloudtrail import CloudTrail
from rollout.aws.dynamodb.ledger import Ledger
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.writer_searches import writer_searches
from rollout.aws.event_bus import EventBus
from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsUnavailableError
from rollout.lifecycle.writer_search import SEARCH_TIME
from rollout.state.rollout import Rollout
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.tasks.guardian.writer_search import name_writers
from tests.integration.conftest import NOW, alias, begin_rollback, client, event, move_alias

SWEEP, STOPPED = {"sweep": "aliases"}, event("guardian")
ANNA = "arn:aws:iam::123456789012:user/anna at 2026-03-01T12:05:00Z"
NOT_YET = (
    ". CloudTrail does not name the writer yet: the name follows within minutes, in the ledger and in another event"
)
THROTTLED = AwsUnavailableError("looking up the writer of an alias: AWS answered ThrottlingException")

pytestmark = pytest.mark.usefixtures("my_api", "locked", "state_machine")


class History:
    """What CloudTrail answers: writers by revision, or an error; `asked` has each revision and time."""

    def __init__(self) -> None:
        self.writers: dict[str, str] = {}
        self.error: Exception | None = None
        self.asked: list[tuple[str, Any]] = []

    def find_writer(self, revision_id: str, before: Any) -> str:
        self.asked.append((revision_id, before))
        if self.error:
            raise self.error
        return self.writers.get(revision_id, "")


@pytest.fixture(autouse=True)
def history(monkeypatch):
    """CloudTrail, which has no event yet."""
    history = History()
    monkeypatch.setattr(
        CloudTrail, "find_writer", lambda _self, revision, before: history.find_writer(revision, before)
    )
    return history


def moved_document(execution: str = "") -> dict[str, Any]:
    """Return the document of a rollout whose alias was moved; `execution` is the end of another execution's name."""
    ending = {"outcome": "handed_over", "Error": "RolloutHandedOver", "Cause": "my-api:live was moved"}
    document = event("close_rollout")
    holder = document["execution"] | {"name": document["execution"]["name"] + execution}
    holder["arn"] += execution
    return document | {"execution": holder, "ending": ending | {"moved_revision": f"revision-5{execution}"}}


@pytest.fixture
def handed_over(handle, published, my_api, locked):
    """A rollout that was closed before CloudTrail had the name."""
    begin_rollback()
    return handle("close_rollout", moved_document())


def entries(ledger, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in ledger() if entry["entry"].startswith(f"{kind}#")]


def sweep_at(now) -> tuple[list[dict[str, str]], TargetSweep]:
    """Return the endings that a sweep at this time completes, and its report."""
    sweep = TargetSweep(lambda: 300_000)
    return [*name_writers(sweep, now)], sweep


def test_close_says_that_the_name_follows_and_begins_the_search(handed_over, ledger, published):
    assert handed_over["ending"]["Cause"].startswith(f"my-api:live was moved{NOT_YET}")
    (entry,) = entries(ledger, "writer")
    assert entry["open"] == "writer"
    assert [found.read().revision_id for found in writer_searches().find_all()] == ["revision-5"]
    assert entries(ledger, "rollout")[0]["reason"] == handed_over["ending"]["Cause"]


def test_repair_of_moved_alias_says_that_the_name_follows_and_begins_the_search(handle, ledger, monkeypatch):
    """P2: the guardian ends a rollout whose alias another writer has moved."""
    rollout_ledger().open(Rollout.model_validate(event("shift_traffic")), NOW)
    handle("shift_traffic", event("shift_traffic"))
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "ABORTED")
    move_alias("2")
    (repaired,) = handle("guardian", STOPPED)["repaired"]
    assert NOT_YET in repaired["ending"]["Cause"]
    assert [found.read().revision_id for found in writer_searches().find_all()] == [alias()["revision"]]


def test_sweep_completes_ledger_and_event_when_the_name_is_known(handle, published, handed_over, history, ledger):
    history.writers["revision-5"] = ANNA
    (named,) = handle("guardian", SWEEP)["named"]
    arn, cause = handed_over["execution"]["arn"], f"my-api:live was moved. CloudTrail says it was {ANNA}"
    assert (named["target"], named["cause"]) == ("my-api:live", cause)
    assert [entry["reason"] for entry in entries(ledger, "rollout")] == [cause]
    first, completed = [message["detail"] for message in published()]
    assert ("writer" in first, "completes" in first) == (False, False)
    assert (first["id"], completed["id"]) == (f"{arn}/rollout-handed-over", f"{arn}/rollout-handed-over/writer")
    assert (completed["completes"], completed["writer"], completed["sentence"]) == (first["id"], ANNA, cause)
    assert completed["judgement"] == first["judgement"]
    assert entries(ledger, "writer") == []


def test_name_that_is_known_at_the_close_is_in_the_first_event(handle, published, history):
    history.writers["revision-5"] = ANNA
    handle("close_rollout", moved_document())
    assert [message["detail"]["writer"] for message in published()] == [ANNA]
    assert writer_searches().find_all() == []


def test_unknown_name_is_looked_up_once_a_sweep(handle, handed_over, history, ledger):
    """The call covers the time before the end of the rollout, however late the sweep is."""
    history.asked.clear()
    assert handle("guardian", SWEEP)["named"] == []
    assert history.asked == [("revision-5", NOW + timedelta(minutes=1))]
    assert len(entries(ledger, "writer")) == 1


def test_event_of_one_execution_looks_up_no_writer(handle, handed_over, history):
    history.asked.clear()
    handle("guardian", STOPPED)
    assert history.asked == []


def test_second_sweep_completes_nothing(handle, published, handed_over, history):
    """P4."""
    history.writers["revision-5"] = ANNA
    assert [len(handle("guardian", SWEEP)["named"]) for _ in range(2)] == [1, 0]
    assert len(published()) == 2


@pytest.mark.usefixtures("handed_over")
def test_guardian_that_stops_between_ledger_and_event_repeats_both(handle, published, history, ledger, monkeypatch):
    """P4, P8: the entry is deleted last, and the repeated writes are the same."""
    history.writers["revision-5"] = ANNA
    with monkeypatch.context() as broken:
        broken.setattr(EventBus, "publish", lambda _self, _events: (_ for _ in ()).throw(MemoryError))
        answer = handle("guardian", SWEEP)
    assert (answer["named"], len(answer["failed"])) == ([], 1)
    (reason,) = [entry["reason"] for entry in entries(ledger, "rollout")]
    (named,) = handle("guardian", SWEEP)["named"]
    assert named["cause"] == reason == entries(ledger, "rollout")[0]["reason"]
    assert [message["detail"].get("writer") for message in published()] == [None, ANNA]


def test_close_that_stops_before_the_ledger_loses_no_search(handle, history, ledger, monkeypatch):
    """P8: the search waits until the rollout has ended, by the repeated task or by the guardian."""
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "close", lambda *_: (_ for _ in ()).throw(AwsUnavailableError("writing the ledger")))
        with pytest.raises(AwsUnavailableError):
            handle("close_rollout", moved_document())
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "RUNNING")
    history.writers["revision-5"] = ANNA
    assert handle("guardian", SWEEP)["named"] == []
    assert len(entries(ledger, "writer")) == 1
    handle("close_rollout", moved_document())
    (named,) = handle("guardian", SWEEP)["named"]
    assert named["cause"] == entries(ledger, "rollout")[0]["reason"]
    assert entries(ledger, "writer") == []


def test_writer_of_deleted_alias_is_named(handle, handed_over, history):
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    history.writers["revision-5"] = ANNA
    assert len(handle("guardian", SWEEP)["named"]) == 1


def test_throttled_lookup_is_reported_and_tried_again(handle, handed_over, history):
    history.error = THROTTLED
    (failed,) = handle("guardian", SWEEP)["failed"]
    assert failed["target"].startswith("123456789012/eu-west-1/my-api/live/writer#")
    assert "ThrottlingException" in failed["error"]
    history.error, history.writers["revision-5"] = None, ANNA
    assert len(handle("guardian", SWEEP)["named"]) == 1


@pytest.mark.parametrize("error", [None, THROTTLED])
def test_search_gives_up_after_two_hours_and_says_so(published, handed_over, history, ledger, error):
    history.error = error
    before, _ = sweep_at(NOW + SEARCH_TIME - timedelta(seconds=1))
    after, sweep = sweep_at(NOW + SEARCH_TIME)
    assert (len(before), len(after), sweep.failed) == (0, 1, [])
    cause = "my-api:live was moved. CloudTrail does not name the writer"
    assert [entry["reason"] for entry in entries(ledger, "rollout")] == [cause]
    last = published()[-1]["detail"]
    assert (last["sentence"], "writer" in last, last["completes"]) == (cause, False, published()[0]["detail"]["id"])
    assert entries(ledger, "writer") == []


def test_unreadable_entry_does_not_stop_the_others(handle, handed_over, history, ledger):
    """P9: two rollouts of one alias have a search each."""
    handle("close_rollout", moved_document("-2"))
    history.writers |= {"revision-5": ANNA, "revision-5-2": ANNA}
    broken = entries(ledger, "writer")[0]
    client("dynamodb").put_item(
        TableName="ledger",
        Item={name: {"S": value} for name, value in (broken | {"search_document": "{}"}).items()},
    )
    answer = handle("guardian", SWEEP)
    assert [failed["target"] for failed in answer["failed"]] == [f"{broken['target']}/{broken['entry']}"]
    assert [named["execution"] for named in answer["named"]] == [moved_document("-2")["execution"]["name"]]
