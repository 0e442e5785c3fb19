"""The state machine of releases: every path of its definition."""

from typing import Any, NamedTuple

import pytest

from tests.statemachine.conftest import Tasks
from tests.statemachine.machine import RELEASE_ASL, EndedExecution, Machine, definition
from tests.statemachine.path_case import BROKEN, FAILS
from tests.statemachine.test_paths import scripted, transitions, transitions_along

REQUEST = {"release": "2026-11-25.3", "functions": [{"function": "cart"}, {"function": "checkout"}]}
EXECUTION = {"arn": "arn", "name": "november", "started_at": "2026-03-01T12:00:00Z"}
STARTS = [{"name": f"november-{name}", "input": {"function": name}} for name in ("cart", "checkout")]
BEGIN = {"start": "begin", "release": "3", "execution": EXECUTION, "starts": STARTS, "wait_seconds": 0}
WAIT = {"next_move": "wait", "release": "3", "execution": EXECUTION, "wait_seconds": 0}
CLOSE = WAIT | {"next_move": "close"}
REJECTED = {"start": "reject", "Error": "ReleaseRefusedError", "Cause": "cart: it has no newer version"}
JUDGED = "JudgeRelease > ChooseReleaseMove"
BEGUN = "PrepareRelease > ChooseReleaseStart:begin > StartRollouts > WaitForRollouts > JudgeRelease"
CLOSED = f"{BEGUN} > ChooseReleaseMove:otherwise > CloseRelease"
NO_LIST = {"starts": 5, "wait_seconds": 0}
"""What is no list of executions fails the Map state, as a fault of Step Functions does."""


def closed(outcome: str, error: str = "", cause: str = "") -> dict[str, Any]:
    return {"release": "3", "ending": {"outcome": outcome, "Error": error, "Cause": cause}}


class Case(NamedTuple):
    """What each task answers, or how it fails, and what follows."""

    answers: dict[str, tuple[Any, ...]]
    path: str
    status: str
    error: str | None = None
    cause: str | None = None


def case(path: str, status: str, error: str | None = None, cause: str | None = None, **answers: Any) -> Case:
    given = {name: each if isinstance(each, tuple) else (each,) for name, each in answers.items()}
    return Case(given, path, status, error, cause)


CASES = {
    "promoted": case(
        f"{BEGUN} > ChooseReleaseMove:wait > WaitForRollouts > {JUDGED}:otherwise > CloseRelease"
        " > ChooseReleaseEnding:promoted > ReleasePromoted",
        "SUCCEEDED",
        prepare_release=BEGIN,
        judge_release=(WAIT, CLOSE),
        close_release=closed("promoted"),
    ),
    "rolled back": case(
        f"{CLOSED} > ChooseReleaseEnding:rolled_back > ReleaseRolledBack",
        "FAILED",
        "ReleaseRolledBack",
        "cart ended: unhealthy",
        prepare_release=BEGIN,
        judge_release=CLOSE,
        close_release=closed("rolled_back", "ReleaseRolledBack", "cart ended: unhealthy"),
    ),
    "left for a person": case(
        f"{CLOSED} > ChooseReleaseEnding:otherwise > ReleaseFailed",
        "FAILED",
        "ReleaseFailed",
        "the functions differ",
        prepare_release=BEGIN,
        judge_release=CLOSE,
        close_release=closed("handed_over", "ReleaseFailed", "the functions differ"),
    ),
    "many functions": case(
        f"PrepareRelease > ChooseReleaseStart:prepare > {CLOSED} > ChooseReleaseEnding:promoted > ReleasePromoted",
        "SUCCEEDED",
        prepare_release=({"start": "prepare", "checked": 10}, BEGIN),
        judge_release=CLOSE,
        close_release=closed("promoted"),
    ),
    "dry run": case(
        "PrepareRelease > ChooseReleaseStart:answered > ReleaseAnswered",
        "SUCCEEDED",
        prepare_release={"start": "answered"},
    ),
    "rejected": case(
        "PrepareRelease > ChooseReleaseStart:otherwise > ReleaseRejected",
        "FAILED",
        "ReleaseRefusedError",
        "cart: it has no newer version",
        prepare_release=REJECTED,
    ),
    "prepare broken": case(
        'PrepareRelease! > ReadReleaseFailure:{*"errorMessage":*} > ParseReleaseFailure > FormatReleaseFailure >'
        " ReleaseRejected",
        "FAILED",
        "BrokenError",
        f"PrepareRelease failed: {BROKEN}",
        prepare_release=FAILS,
    ),
    "starts broken": case(
        f"{BEGUN.replace('StartRollouts', 'StartRollouts!')} > ChooseReleaseMove:otherwise > CloseRelease"
        " > ChooseReleaseEnding:promoted > ReleasePromoted",
        "SUCCEEDED",
        prepare_release=BEGIN | NO_LIST,
        judge_release=CLOSE,
        close_release=closed("promoted"),
    ),
    "judge broken": case(
        f"{BEGUN}! > CloseRelease > ChooseReleaseEnding:otherwise > ReleaseFailed",
        "FAILED",
        "ReleaseFailed",
        "JudgeRelease failed",
        prepare_release=BEGIN,
        judge_release=FAILS,
        close_release=closed("handed_over", "ReleaseFailed", "JudgeRelease failed"),
    ),
    "close broken": case(
        f"{CLOSED}! > NameCloseFailure > ReleaseFailed",
        "FAILED",
        "ReleaseFailed",
        "CloseRelease failed with BrokenError, so it is not known here how the release ended.",
        prepare_release=BEGIN,
        judge_release=CLOSE,
        close_release=FAILS,
    ),
}
WITHOUT_MESSAGE = {
    "timeout": ({"Error": "States.Timeout"}, "ReadReleaseFailure:missing > NameReleaseFailure > ReleaseRejected"),
    "text": (
        {"Error": "Lambda.Unknown", "Cause": "The process died"},
        "ReadReleaseFailure:otherwise > NameReleaseFailure > ReleaseRejected",
    ),
}


def run(played: Case, tasks: Tasks) -> EndedExecution:
    for name, answers in played.answers.items():
        tasks[name] = scripted(answers)
    return Machine("PrepareRelease", RELEASE_ASL).run(REQUEST)


@pytest.mark.parametrize("played", CASES.values(), ids=CASES)
def test_release_takes_the_expected_path_and_ending(played, aws, tasks):
    """P10."""
    ended = run(played, tasks)
    assert (ended.path, ended.status, ended.error) == (played.path, played.status, played.error)
    assert (ended.cause or "").startswith(played.cause or "")
    assert "stackTrace" not in (ended.cause or "")


@pytest.mark.parametrize(("failure", "path"), WITHOUT_MESSAGE.values(), ids=WITHOUT_MESSAGE)
def test_failure_without_a_message_is_named(failure, path, aws, tasks):
    ended = Machine("ReadReleaseFailure", RELEASE_ASL).run(failure)
    assert (ended.path, ended.error) == (path, "InternalError")
    assert ended.cause == f"PrepareRelease failed with {failure['Error']}, and nothing was touched"


def test_cases_cover_every_transition():
    paths = [*(each.path for each in CASES.values()), *(path for _, path in WITHOUT_MESSAGE.values())]
    covered = {transition for path in paths for transition in transitions_along(path)}
    assert covered == {each for each in transitions(RELEASE_ASL) if "ReadReleaseInput" not in each[0]}


def test_cases_cover_every_ending():
    states = definition(RELEASE_ASL)["States"]
    endings = {name for name, state in states.items() if state["Type"] in ("Succeed", "Fail")}
    assert {each.path.split(" > ")[-1] for each in CASES.values()} == endings


def test_input_of_the_execution_reaches_every_try(aws, tasks):
    """A list from S3 is read in the first try, so a later try also gets what the one before found out."""
    asked: list[Any] = []
    answers = iter([{"start": "prepare", "checked": 10}, REJECTED])
    tasks["prepare_release"] = lambda event: asked.append(event) or next(answers)
    Machine("ReadReleaseInput", RELEASE_ASL).run(REQUEST)
    assert [event["request"] for event in asked] == [REQUEST] * 2
    assert [event["previous"].get("checked") for event in asked] == [None, 10]
