"""Tests of the metrics of endings: each ending counts once, by either of two tasks, and none harms a rollout."""

from datetime import timedelta
from typing import Any

import pytest

from rollout.aws.dynamodb.ledger import Ledger
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.powertools import AmazonCloudWatchEMFProvider
from rollout.aws.step_functions import Executions
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, event, owned_entry

PUBLISHED_AT = NOW - timedelta(minutes=20)
SWEEP = {"sweep": "aliases"}
pytestmark = pytest.mark.usefixtures("my_api", "locked", "state_machine", "stopped")


@pytest.fixture
def stopped(monkeypatch):
    """The execution in events/ was stopped; moto knows no execution of this name."""
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "ABORTED")


@pytest.fixture
def shifted(handle) -> Any:
    """A rollout in its first step, which has begun ten minutes before NOW."""
    document = event("shift_traffic") | {"published_at": PUBLISHED_AT.isoformat()}
    rollout_ledger().open(Rollout.model_validate(document), NOW - timedelta(minutes=10))
    return handle("shift_traffic", document)


def promoted(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document of a rollout that was promoted six minutes before NOW, and whose bake has ended."""
    ending = {"outcome": "promoted", "Error": "", "Cause": "healthy"}
    at = (NOW - timedelta(minutes=6)).isoformat()
    in_bake = {"phase": "bake", "step_started_at": at, "next_move": "finish", "evaluations": 9, "ending": ending}
    return document | in_bake


def values(line: dict[str, Any]) -> dict[str, float]:
    (definition,) = line["_aws"]["CloudWatchMetrics"]
    return {metric["Name"]: line[metric["Name"]][0] for metric in definition["Metrics"]}


def ended(lines: list[dict[str, Any]]) -> list[str]:
    return [line["outcome"] for line in lines if "RolloutsEnded" in line]


def test_promotion_by_close_rollout_has_every_metric(handle, shifted, emf):
    handle("close_rollout", promoted(shifted))
    (line,) = emf()
    expected = {"RolloutsEnded": 1, "RolloutDuration": 600, "LeadTime": 14 * 60, "Evaluations": 9}
    assert (values(line), line["outcome"], line["function"]) == (expected, "promoted", "my-api")


def test_function_is_left_out_where_the_stack_does_not_want_it(handle, shifted, emf, monkeypatch):
    monkeypatch.setenv("METRICS_BY_FUNCTION", "false")
    handle("close_rollout", promoted(shifted))
    (line,) = emf()
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["outcome", "service"]]
    assert "function" not in line


def test_ending_by_the_guardian_has_the_same_metrics(handle, shifted, emf):
    """The ledger has what the document of the dead execution had."""
    record_evaluation(shifted, evaluations=4)
    handle("guardian", SWEEP)
    (line,) = [line for line in emf() if "RolloutsEnded" in line]
    assert values(line) == {"RolloutsEnded": 1, "RolloutDuration": 600, "Evaluations": 4}
    assert (line["outcome"], line["function"]) == ("rolled_back", "my-api")


def test_promotion_that_the_guardian_closes_has_its_lead_time(handle, shifted, emf):
    """The execution was stopped in the bake, and the alias serves the canary alone."""
    promoting = handle("promote_version", shifted)
    record_evaluation(promoting, evaluations=5, step_started_at=NOW - timedelta(minutes=6))
    handle("guardian", SWEEP)
    (line,) = [line for line in emf() if "RolloutsEnded" in line]
    assert (line["outcome"], values(line)["LeadTime"]) == ("promoted", 14 * 60)


def test_promotion_of_unknown_time_has_no_lead_time(handle, shifted, emf):
    """The execution was stopped before the first evaluation of the bake; nothing is invented."""
    handle("promote_version", shifted)
    handle("guardian", SWEEP)
    (line,) = [line for line in emf() if "RolloutsEnded" in line]
    assert (line["outcome"], *values(line)) == ("promoted", "RolloutsEnded", "RolloutDuration")


def record_evaluation(document: dict[str, Any], **changes: Any) -> None:
    judged = event("judge_canary_in_the_bake")["judgement"]
    rollout = Rollout.model_validate(document | {"judgement": judged, "next_move": "wait"}).model_copy(update=changes)
    rollout_ledger().record_evaluation(rollout, NOW)


@pytest.mark.parametrize("first", ["close_rollout", "guardian"])
def test_close_rollout_and_guardian_count_an_ending_once(handle, shifted, emf, monkeypatch, first):
    """They race: the other one runs whole when the first one is about to close the rollout."""
    document = promoted(handle("promote_version", shifted))
    close, runs = Ledger.close, []

    def close_after_the_other(self: Any, *arguments: Any) -> Any:
        if not runs:
            runs.append("the other")
            other, sent = ("guardian", SWEEP) if first == "close_rollout" else ("close_rollout", document)
            handle(other, sent)
        return close(self, *arguments)

    monkeypatch.setattr(Ledger, "close", close_after_the_other)
    handle(first, document if first == "close_rollout" else SWEEP)
    assert runs == ["the other"]
    assert ended(emf()) == ["promoted"]


def test_repeated_close_rollout_counts_once(handle, shifted, emf):
    """P4."""
    for _ in range(3):
        handle("close_rollout", promoted(shifted))
    assert ended(emf()) == ["promoted"]


def without_setting(patch: pytest.MonkeyPatch) -> None:
    patch.delenv("METRICS_BY_FUNCTION")


def with_unreadable_entry(patch: pytest.MonkeyPatch) -> None:
    close = Ledger.close
    patch.setattr(Ledger, "close", lambda *given: close(*given) | {"began_at": "soon"})


def with_failing_line(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AmazonCloudWatchEMFProvider, "flush_metrics", lambda _self: 1 / 0)


@pytest.mark.parametrize("break_metrics", [without_setting, with_unreadable_entry, with_failing_line])
def test_metric_that_cannot_be_written_harms_no_rollout(handle, shifted, monkeypatch, log, break_metrics):
    """P1: the rollout is closed, its lock is released, and its ending is reported."""
    break_metrics(monkeypatch)
    assert handle("close_rollout", promoted(shifted))["ending"]["outcome"] == "promoted"
    assert owned_entry("lock") is None
    assert "Metrics not written" in [record.msg for record in log]
