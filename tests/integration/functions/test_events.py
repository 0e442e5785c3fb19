"""Tests of the files in events/: every handler has one, and accepts or refuses it as its trigger expects."""

from typing import Any

import pytest

from rollout.aws.dynamodb.locks import locks
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import ROOT, event, move_alias

FILES = {path.stem for path in (ROOT / "events").glob("*.json")}
HANDLERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))

Answer = dict[str, object]
"""Some fields of a handler's answer, by their path."""

NEW_REQUESTS: dict[str, Answer] = {
    "prepare_release": {"start": "begin", "starts.0.input.version": "2"},
    "prepare_release_dry_run": {"start": "answered", "functions.0.plan.start": "begin"},
    "prepare_rollout": {"start": "begin", "canary_version": "2"},
    "prepare_rollout_operator_dry_run": {"start": "nothing_to_do", "plan.start": "begin", "plan.refusals": []},
    "prepare_rollout_operator_minimum": {"start": "begin", "policy_source": "the stack's DefaultPolicy"},
    "prepare_rollout_operator_policy": {"start": "begin", "policy_source": "the execution's input"},
    "prepare_rollout_operator_preset": {"start": "begin", "policy.steps": [{"percent": 10.0, "hold": 300}]},
    "report_alias_move": {"reported": True},
    "report_alias_move_by_a_rollout": {"reported": False, "reason": "the call was a rollout's own"},
    "report_alias_move_without_a_date": {"reported": True},
    "start_rollout": {"started": True},
    "start_rollout_create_function": {"started": True},
    "start_rollout_unchanged_function": {"started": True},
    "start_rollout_update_function_code": {"started": True},
    "start_rollout_update_function_code_of_a_later_date": {"started": True},
    "start_rollout_update_function_code_without_v2": {"started": True},
    "start_rollout_version_published": {"started": True},
    "examine_stack": {"answer": "taken", "command": "doctor"},
    "take_command_doctor": {"answer": "examine"},
    "take_command_history": {"answer": "taken", "rollouts": []},
    "guardian_sweeps_member_account": {"repaired": [], "started": ["my-api-2-fbac37876c56"]},
    "guardian_sweeps_versions": {"repaired": [], "started": ["my-api-2-fbac37876c56"]},
}
"""Accepted where no rollout holds the alias."""

BEGUN_ROLLOUTS: dict[str, Answer] = {
    "guardian": {"repaired.0.target": "my-api:live", "repaired.0.ending.outcome": "rejected", "failed": []},
    "judge_canary_before_traffic": {"next_move": "shift", "judgement.verdict": "inconclusive"},
    "promote_version_at_once": {"phase": "bake", "reason": "version 2 is promoted; the bake lasts 5m"},
    "shift_traffic": {"step": 1, "reason": "step 1 of 2: version 2 has 10 % for at least 5m"},
}
"""Accepted where the rollout holds the lock and the alias serves stable alone."""

SPLIT_ROLLOUTS: dict[str, Answer] = {
    "close_rollout": {"ending.outcome": "rolled_back"},
    "close_rollout_without_an_ending": {"ending.outcome": "rollback_failed"},
    "judge_canary": {"next_move": "wait", "judgement.verdict": "inconclusive"},
    "promote_version": {"phase": "bake", "reason": "version 2 is promoted; the bake lasts 5m"},
    "read_canary_logs": {
        "ending.outcome": "rolled_back",
        "canary_logs.sentence": "the log of version 2 was not read: CloudWatch Logs has no log group"
        " /aws/lambda/my-api",
    },
    "roll_back": {"ending.outcome": "rolled_back"},
    "roll_back_after_a_failure": {"ending.outcome": "rolled_back"},
    "take_command": {"answer": "taken", "command": "pause", "canary_version": "2"},
    "take_command_abort": {"answer": "taken", "command": "abort", "canary_version": "2"},
}
"""Accepted where the rollout holds the lock and the alias gives the canary a share."""

PROMOTED_ROLLOUTS: dict[str, Answer] = {
    "judge_canary_in_the_bake": {"next_move": "wait", "judgement.verdict": "inconclusive"},
}
"""Accepted where the rollout holds the lock and the alias serves the canary alone."""

RELEASES: dict[str, Answer] = {
    "close_release": {"ending.outcome": "handed_over", "functions.0.outcome": "running"},
    "judge_release": {"next_move": "wait", "status": "failed"},
}
"""Accepted where a release has begun, whose rollout was not started yet."""

REFUSED = {
    "prepare_release_with_a_circle": {"start": "reject", "Error": "InvalidRequestError"},
    "prepare_rollout_operator_back": {"start": "reject", "Error": "AlreadyServedError"},
    "prepare_rollout_operator_latest_version": {"start": "reject", "Error": "LatestVersionError"},
}

PAGES = {"take_command_button": "my-api:live is paused: version 2 keeps its share"}
"""Answered with a page that has this text, where the rollout holds the lock and the alias gives the canary a share."""

WIDGETS = {"show_rollouts": "my-api:live", "show_rollouts_describe": "## Rollouts"}
"""A text that the page shows where the rollout holds the lock."""

LISTS = (NEW_REQUESTS, BEGUN_ROLLOUTS, SPLIT_ROLLOUTS, PROMOTED_ROLLOUTS, RELEASES, REFUSED, PAGES, WIDGETS)

pytestmark = pytest.mark.usefixtures("my_api", "lambda_wire", "ledger", "state_machine")


def answer(handle: Any, file: str, fields: Answer) -> Answer:
    """Run the handler of a file; return these fields of its answer."""
    (handler,) = (name for name in HANDLERS if file == name or file.startswith(f"{name}_"))
    document = handle(handler, event(file))
    return {path: _field(document, path) for path in fields}


def _field(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def test_every_handler_has_event_of_its_name():
    assert set(HANDLERS) <= FILES


def test_every_file_has_one_expected_answer():
    assert sorted(file for files in LISTS for file in files) == sorted(FILES)


@pytest.mark.usefixtures("version_seen")
@pytest.mark.parametrize(("file", "fields"), NEW_REQUESTS.items())
def test_event_of_new_request_is_accepted(handle, file, fields):
    assert answer(handle, file, fields) == fields


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize(("file", "fields"), BEGUN_ROLLOUTS.items())
def test_event_of_begun_rollout_is_accepted(handle, file, fields):
    assert answer(handle, file, fields) == fields


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize(("file", "fields"), SPLIT_ROLLOUTS.items())
def test_event_of_split_rollout_is_accepted(handle, file, fields):
    move_alias("1", **{"2": 0.1})
    assert answer(handle, file, fields) == fields


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize(("file", "fields"), PROMOTED_ROLLOUTS.items())
def test_event_of_promoted_rollout_is_accepted(handle, file, fields):
    move_alias("2")
    assert answer(handle, file, fields) == fields


@pytest.mark.parametrize(("file", "fields"), RELEASES.items())
def test_event_of_begun_release_is_accepted(handle, file, fields):
    handle("prepare_release", event("prepare_release"))
    assert answer(handle, file, fields) == fields


@pytest.mark.parametrize(("file", "fields"), REFUSED.items())
def test_event_of_refused_request_is_refused(handle, file, fields):
    assert answer(handle, file, fields) == fields


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize(("file", "text"), PAGES.items())
def test_event_of_widget_is_answered_with_page(handle, file, text):
    locks().announce(
        lock_of(Rollout.model_validate(event("judge_canary")), PlannedWrite(version="1", shares={"2": 10}))
    )
    assert text in handle("take_command", event(file))


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize(("file", "text"), WIDGETS.items())
def test_event_of_overview_is_answered_with_page(handle, file, text):
    assert text in handle("show_rollouts", event(file))
