"""Tests of PrepareRelease, JudgeRelease and CloseRelease, and of what the tasks of a part do for its release."""

import json
from datetime import timedelta

import pytest

from rollout.aws.boto import clients
from rollout.aws.dynamodb.commands import commands
from rollout.aws.dynamodb.ledger import ledger as evaluation_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.releases import release_target, releases
from rollout.aws.dynamodb.table import Table
from rollout.domain.enums import Outcome
from rollout.domain.errors import AwsUnavailableError
from rollout.lifecycle.rollback import Closing
from rollout.state.endings import ending_of
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.releases.part import Participation, Progress
from rollout.state.releases.release import PartEnding, ReleaseStatus
from rollout.state.rollout import Rollout
from rollout.tasks.close import record_ending
from tests.integration.conftest import NOW, alias, client, event, move_alias
from tests.release_samples import RELEASE_EXECUTION
from tests.release_samples import release as large_release
from tests.samples import judgement

pytestmark = pytest.mark.usefixtures("my_api", "lambda_wire", "ledger", "state_machine")

OPEN = event("prepare_release")
JUDGE, CLOSE = event("judge_release"), event("close_release")
ENDED = PartEnding(outcome=Outcome.ROLLED_BACK, reason="my-api:live serves version 1 alone again; unhealthy")


@pytest.fixture
def release(handle):
    """A release of my-api that has begun."""
    begun = handle("prepare_release", OPEN)
    assert begun["start"] == "begin"
    return releases().find_release("2026-11-25.3", RELEASE_EXECUTION)


def state(release):
    return releases().find(release.as_part)


def part_request():
    """Return the input of the part's execution, as StartRollouts starts it."""
    (planned,) = releases().find_release("2026-11-25.3", RELEASE_EXECUTION).parts
    part = releases().find_release("2026-11-25.3", RELEASE_EXECUTION).part(0)
    return {"function": planned.function, "version": "2", "release": part.model_dump(mode="json")}


def prepare_part(handle, **changes):
    (planned,) = releases().find_release("2026-11-25.3", RELEASE_EXECUTION).parts
    arn = f"arn:aws:states:eu-west-1:123456789012:execution:rollouts:{planned.execution}"
    execution = {"arn": arn, "name": planned.execution, "started_at": "2026-03-01T12:00:00Z"}
    return handle("prepare_rollout", {"request": part_request() | changes, "execution": execution})


def test_release_is_in_the_ledger_before_its_rollouts_start(release):
    assert (state(release).status, state(release).size) == (ReleaseStatus.ROLLING, 1)
    assert [(each.function, each.stable_version, each.canary_version) for each in release.parts] == [
        ("my-api", "1", "2")
    ]
    assert [entry.read() for entry in releases().find_open()] == [release]


def test_repeated_preparation_changes_nothing(release, handle):
    """P4."""
    again = handle("prepare_release", OPEN)
    assert again["starts"][0]["name"] == release.parts[0].execution
    assert [entry.read() for entry in releases().find_open()] == [release]


def test_refused_release_has_touched_nothing_and_gives_every_reason(handle, ledger):
    """P6."""
    functions = [{"function": "my-api", "version": "9"}, {"function": "no-such-function"}]
    rejected = handle("prepare_release", OPEN | {"request": OPEN["request"] | {"functions": functions}})
    assert (rejected["start"], rejected["Error"]) == ("reject", "ReleaseRefusedError")
    assert "my-api: " in rejected["Cause"]
    assert "no-such-function: " in rejected["Cause"]
    assert ledger() == []


def test_function_that_is_being_rolled_out_refuses_the_release(handle):
    """P6: other live rollouts are found before anything is touched."""
    locks().acquire(lock_of(Rollout.model_validate(event("judge_canary"))))
    rejected = handle("prepare_release", OPEN)
    assert "is rolling out version 2 on my-api:live" in rejected["Cause"]


SKIP = OPEN | {"request": OPEN["request"] | {"skip_served": True}}


def test_function_that_serves_its_version_already_is_left_out_where_the_input_says_so(handle):
    """P9: such as the first version of a new function, which would otherwise hold up the release of a tag."""
    client("lambda").create_function(
        FunctionName="new",
        Role=client("lambda").get_function(FunctionName="my-api")["Configuration"]["Role"],
        Publish=True,
        Tags={"rollout:alias": "live"},
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": b"one"},
    )
    client("lambda").create_alias(FunctionName="new", Name="live", FunctionVersion="1")
    functions = [{"function": "new", "version": "1"}, {"function": "my-api", "after": ["new"]}]
    begun = handle("prepare_release", SKIP | {"request": SKIP["request"] | {"functions": functions}})
    assert (begun["start"], [order["input"]["function"] for order in begun["starts"]]) == ("begin", ["my-api"])
    (planned,) = releases().find_release("2026-11-25.3", RELEASE_EXECUTION).parts
    assert (planned.function, planned.after) == ("my-api", ())
    refused = handle("prepare_release", OPEN | {"request": OPEN["request"] | {"functions": functions}})
    assert "new:live already serves version 1 alone" in refused["Cause"]


def test_alias_that_does_not_exist_is_not_called_created(handle, ledger):
    """P10: only a rollout without a release creates it."""
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    rejected = handle("prepare_release", SKIP)
    assert "my-api:live does not exist, and only a rollout without a release creates it" in rejected["Cause"]
    assert "was created" not in rejected["Cause"]


def test_release_whose_functions_all_serve_their_versions_is_answered(handle, ledger):
    move_alias("2")
    request = SKIP["request"] | {"functions": [{"function": "my-api", "version": "2"}]}
    assert handle("prepare_release", SKIP | {"request": request})["start"] == "answered"
    assert ledger() == []


@pytest.fixture
def lists(monkeypatch):
    """A bucket for lists of functions; call it to upload one as 3.json."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    clients.s3_client.cache_clear()
    client("s3").create_bucket(Bucket="lists", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return lambda body: client("s3").put_object(Bucket="lists", Key="3.json", Body=body)


def in_s3(key: str = "3.json", bucket: str = "lists", **changes):
    return OPEN | {"request": OPEN["request"] | {"functions": {"bucket": bucket, "key": key}}} | changes


def test_functions_may_come_from_a_file_in_s3(handle, lists):
    lists(json.dumps([{"function": "my-api"}]))
    assert handle("prepare_release", in_s3())["start"] == "begin"
    lists("[")
    assert "is no JSON" in handle("prepare_release", in_s3())["Cause"]
    assert "ReleaseBucket names" in handle("prepare_release", in_s3(bucket="nowhere"))["Cause"]
    assert "there is no such object" in handle("prepare_release", in_s3("missing.json"))["Cause"]


def test_large_file_in_s3_is_refused_by_its_size(handle, lists):
    lists(b" " * 1_000_001)
    assert "it has 1,000,001 bytes, and at most 1,000,000 are read" in handle("prepare_release", in_s3())["Cause"]


def test_file_in_s3_is_read_once(handle, lists):
    """What was looked up is what begins."""
    lists(json.dumps([{"function": f"no-such-function-{number}"} for number in range(11)]))
    first = handle("prepare_release", in_s3())
    assert (first["start"], first["checked"]) == ("prepare", 10)
    lists("[")
    rejected = handle("prepare_release", in_s3(previous=first))
    assert (rejected["start"], rejected["Error"]) == ("reject", "ReleaseRefusedError")
    assert "no-such-function-0: " in rejected["Cause"]


def test_state_between_two_tries_has_the_functions_of_the_input_only_once(handle):
    """Step Functions passes at most 256 KB, and the input is a part of each try."""
    functions = [{"function": f"no-such-function-{number}"} for number in range(11)]
    first = handle("prepare_release", OPEN | {"request": OPEN["request"] | {"functions": functions}})
    assert (first["start"], first["functions"], first["plans"]) == ("prepare", None, [])


def test_release_that_step_functions_cannot_pass_on_is_refused_with_its_size(handle):
    functions = [{"function": f"f{number}", "policy": {"note": "x" * 12_000}} for number in range(21)]
    rejected = handle("prepare_release", OPEN | {"request": OPEN["request"] | {"functions": functions}})
    assert rejected["Error"] == "ReleaseRefusedError"
    assert "about 10 of 21 functions have 25" in rejected["Cause"]
    assert "room for 250,000: store the policies in Parameter Store and name them" in rejected["Cause"]


def test_dry_run_of_many_functions_keeps_only_the_reason_of_each(handle):
    functions = [{"function": "my-api"}, *({"function": f"no-such-function-{number}"} for number in range(20))]
    request = OPEN["request"] | {"functions": functions, "dry_run": True}
    answer, plans = handle("prepare_release", OPEN | {"request": request}), []
    while answer["start"] == "prepare":
        plans = answer["plans"]
        answer = handle("prepare_release", OPEN | {"request": request, "previous": answer})
    assert [[*plan] for plan in plans] == [["reason"]] * 20
    assert [[*plan] for plan in answer["functions"]] == [["function", "reason"]] * 21
    assert "has 21 functions, and would be refused, because 20 cannot begin now: no-such-function-0" in answer["reason"]


def test_dry_run_of_a_release_that_would_begin_counts_its_functions(handle):
    request = OPEN["request"] | {"functions": [{"function": "my-api"}], "dry_run": True}
    assert handle("prepare_release", OPEN | {"request": request})["reason"].endswith(" has 1 function")


def test_dry_run_whose_plans_step_functions_cannot_pass_on_keeps_only_their_reasons(handle, monkeypatch):
    """Twenty plans of a hundred steps have more than 256 KB."""
    monkeypatch.setattr("rollout.tasks.releases.prepare._MOST_STATE_BYTES", 1000)
    (function,) = handle("prepare_release", event("prepare_release_dry_run"))["functions"]
    assert [*function] == ["function", "reason"]


def test_part_begins_without_a_share_and_with_its_release_in_the_lock(release, handle):
    begun = prepare_part(handle)
    assert (begun["start"], begun["hook_run"]["calls"]) == ("run_before_traffic_hooks", [])
    assert locks().find(Rollout.model_validate(begun).target).release == release.part(0)
    evaluated = handle("judge_canary", begun)
    assert evaluated["next_move"] == "shift"


def test_part_of_a_failed_release_is_rejected_and_recorded(release, handle):
    """P6."""
    releases().fail(release.as_part, "cart ended: unhealthy", NOW)
    rejected = prepare_part(handle)
    assert (rejected["start"], rejected["Error"]) == ("reject", "ReleaseRefusedError")
    assert "it has failed: cart ended: unhealthy" in rejected["Cause"]
    assert state(release).endings[0].outcome is Outcome.REJECTED


def test_refused_part_lets_its_release_fail(release, handle):
    prepare_part(handle, version="9")
    assert state(release).status is ReleaseStatus.FAILED
    assert state(release).failure.startswith("my-api ended: ")


def test_no_one_joins_a_release_that_the_ledger_does_not_have(handle, release):
    other = part_request()["release"] | {"name": "another"}
    assert "the ledger has no such release" in prepare_part(handle, release=other)["Cause"]


def test_only_the_planned_execution_rolls_out_a_part(release, handle):
    """P3, P6: a person who copies the input starts nothing."""
    rejected = handle("prepare_rollout", event("prepare_rollout") | {"request": part_request()})
    assert "execution my-api-2-5f0c9d3f8a1b is none of its rollouts" in rejected["Cause"]
    beyond = part_request()["release"] | {"number": 7}
    assert "is none of its rollouts" in prepare_part(handle, release=beyond)["Cause"]
    assert (state(release).status, state(release).endings) == (ReleaseStatus.ROLLING, {})


def test_copied_input_of_a_part_that_runs_leaves_its_release_alone(release, handle):
    """P6: for example by New execution in the console of Step Functions, while the part holds the lock."""
    assert prepare_part(handle)["start"] == "run_before_traffic_hooks"
    rejected = handle("prepare_rollout", event("prepare_rollout") | {"request": part_request()})
    assert rejected["start"] == "reject"
    assert (state(release).status, state(release).endings) == (ReleaseStatus.ROLLING, {})


def test_ending_that_the_ledger_has_stays_in_the_release_too(release, handle):
    """A CloseRollout that comes after the guardian changes neither."""
    closing = Closing.model_validate(begun_in_bake(release))
    rollout_ledger = evaluation_ledger()
    rollout_ledger.open(Rollout.model_validate(begun_in_bake(release)), NOW)
    record_ending(closing, ending_of(Outcome.ROLLED_BACK, "repaired"), NOW)
    record_ending(closing, ending_of(Outcome.HANDED_OVER, "late"), NOW)
    assert state(release).endings[0].outcome is Outcome.ROLLED_BACK


def test_release_of_which_only_the_first_write_was_made_was_refused(handle, monkeypatch):
    """P8: the release is not in the ledger before its state is, so nothing is left open, and a tag starts it again."""
    put, written = Table.put, []

    def put_once(self, item, **condition):
        if written:
            raise AwsUnavailableError("writing the ledger failed")
        written.append(item)
        return put(self, item, **condition)

    with monkeypatch.context() as patched:
        patched.setattr(Table, "put", put_once)
        with pytest.raises(AwsUnavailableError):
            handle("prepare_release", OPEN)
    assert releases().find_last("2026-11-25.3", RELEASE_EXECUTION.account_region) == []
    assert handle("guardian", {"sweep": "aliases"})["failed"] == []


def test_wait_for_the_release_is_recorded_so_that_the_rollout_is_not_overdue(release, handle, ledger):
    releases().record_progress(release.part(0), Progress.PROMOTED)
    waiting = Participation(part=release.part(0), held_since=NOW, waits_for="the release")
    rollout = Rollout.model_validate(
        event("judge_canary") | {"judgement": judgement().model_dump(), "next_move": "wait"}
    )
    for participation, recorded in ((waiting, True), (waiting.model_copy(update={"waits_for": ""}), False)):
        evaluation_ledger().record_evaluation(rollout.model_copy(update={"release": participation}), NOW)
        (entry,) = [each for each in ledger() if each["entry"].startswith("evaluation#")]
        assert ("held_since" in entry) is recorded


def test_release_is_promoting_once_every_part_is_ready_and_promoted_once_each_has_passed(release, handle, monkeypatch):
    monkeypatch.setattr("rollout.tasks.releases.judge.with_ended_parts", lambda _release, state, *_: state)
    for progress, status in ((Progress.READY, "promoting"), (Progress.PASSED, "promoted")):
        assert handle("judge_release", JUDGE)["status"] != status
        releases().record_progress(release.part(0), progress)
        assert handle("judge_release", JUDGE)["status"] == status
        assert state(release).status == status


def test_part_whose_execution_never_started_lets_the_release_fail(release, handle):
    assert handle("judge_release", JUDGE)["next_move"] == "wait"
    judged = handle("judge_release", JUDGE)
    assert (judged["status"], judged["next_move"]) == ("failed", "close")
    assert "was not started, so my-api:live was not touched" in state(release).failure


def test_closed_release_is_published_with_the_reason_of_every_part(release, handle, published, notifications):
    releases().fail(release.as_part, "my-api ended: unhealthy", NOW)
    releases().record_ending(release.part(0), ENDED)
    closed = handle("close_release", CLOSE)
    assert (closed["ending"]["outcome"], closed["ending"]["Error"]) == ("rolled_back", "ReleaseRolledBack")
    assert closed["ending"]["Cause"].endswith("it failed because my-api ended: unhealthy.")
    assert closed["functions"][0]["reason"] == ENDED.reason
    (sent,) = published()
    assert (sent["detail-type"], sent["detail"]["functions"][0]["outcome"]) == ("Release Rolled Back", "rolled_back")
    (notified,) = notifications()
    assert notified["Subject"] == "Release Rolled Back: 2026-11-25.3"
    assert ENDED.reason in notified["Message"]
    assert [*releases().find_open()] == []


def test_release_that_could_not_be_judged_fails_and_is_left_to_the_guardian(release, handle):
    closed = handle("close_release", CLOSE | {"failure": {"Error": "Lambda.Unknown", "Cause": ""}})
    assert state(release).failure == "JudgeRelease failed with Lambda.Unknown"
    assert closed["ending"]["outcome"] == "handed_over"
    cause = closed["ending"]["Cause"]
    assert "has failed, and 1 of 1 rollouts has not ended yet: my-api. Their functions return" in cause
    assert cause.endswith("which looks every five minutes. It failed because JudgeRelease failed with Lambda.Unknown.")
    assert [*releases().find_open()] != []


def test_open_release_that_is_closed_fails(release, handle):
    """Nothing judges it any more, so its functions return."""
    closed = handle("close_release", CLOSE)
    assert state(release).failure == "the execution november closed it before it was promoted"
    assert (closed["ending"]["outcome"], closed["functions"][0]["outcome"]) == ("handed_over", "running")


def begun_in_bake(release):
    """Let the rollout in events/ be a part in its bake, and return its document."""
    document = event("judge_canary_in_the_bake")
    rollout = Rollout.model_validate(document | {"release": Participation(part=release.part(0)).model_dump()})
    locks().acquire(lock_of(rollout, PlannedWrite(version="2")))
    move_alias("2")
    return rollout.model_copy(update={"revision_id": alias()["revision"]}).document()


@pytest.mark.parametrize(("is_promoted", "version"), [(True, "2"), (False, "1")])
def test_part_that_breaks_in_the_bake_stays_with_its_release(release, handle, is_promoted, version):
    """RollBack after an error lets an open release fail, and leaves a part of a promoted one as it is."""
    broken = begun_in_bake(release) | {"failure": {"Error": "Lambda.Unknown", "Cause": ""}}
    if is_promoted:
        releases().advance(release.as_part, ReleaseStatus.ROLLING, ReleaseStatus.PROMOTED, NOW)
    ended = handle("roll_back", broken)["ending"]
    assert (alias()["version"], ended["outcome"]) == (version, "promoted" if is_promoted else "rolled_back")
    assert state(release).status == ("promoted" if is_promoted else "failed")


@pytest.mark.parametrize(("is_promoted", "version"), [(True, "2"), (False, "1")])
def test_guardian_repairs_a_part_as_its_release_stands(release, handle, is_promoted, version):
    """P1: the execution of the part does not exist any more."""
    begun_in_bake(release)
    if is_promoted:
        releases().advance(release.as_part, ReleaseStatus.ROLLING, ReleaseStatus.PROMOTED, NOW)
    handle("guardian", {"sweep": "aliases"})
    assert alias()["version"] == version
    assert state(release).status == ("promoted" if is_promoted else "failed")
    assert state(release).endings[0].outcome == ("promoted" if is_promoted else "rolled_back")


def test_guardian_lets_a_release_fail_whose_execution_has_ended_and_closes_it(release, handle):
    answer = handle("guardian", {"sweep": "aliases"})
    assert state(release).failure == "execution november of the release disappeared"
    assert answer["closed"] == ["2026-11-25.3"]
    assert [*releases().find_open()] == []


def test_functions_that_go_on_hide_no_ended_one_from_the_guardian(handle, monkeypatch):
    """Each sweep describes twenty executions: others each time."""
    opened = large_release(*[f"function-{number}" for number in range(25)])
    releases().open(opened, NOW)
    status = lambda _, arn: ("RUNNING" if int(arn.rpartition("-")[2]) < 22 else "gone", "")  # noqa: E731
    monkeypatch.setattr("rollout.aws.step_functions.Executions.find_end", status)
    for minutes in range(0, 30, 5):
        handle("guardian", {"sweep": "aliases"}, NOW + timedelta(minutes=minutes))
    assert sorted(state(opened).endings) == [22, 23, 24]


def test_evaluation_of_a_part_costs_two_writes(release, handle, monkeypatch):
    """design: an evaluation that records progress in the release does not write the status too."""
    document = begun_in_bake(release)
    written: list[str] = []
    model = clients.dynamodb_client().meta.events
    count = lambda model, **_: written.append(model.name) if model.name.endswith("Item") else None  # noqa: E731
    model.register("before-call.dynamodb", count)
    handle("judge_canary", document)
    model.unregister("before-call.dynamodb", count)
    assert len([name for name in written if name != "GetItem"]) == 2
    assert state(release).progress[0] is Progress.PROMOTED


def command(name: str = "slow-db", **request: str):
    execution = {"arn": f"{RELEASE_EXECUTION.arn}-commands:{name}", "name": name, "started_at": NOW.isoformat()}
    return {"request": {"release": "2026-11-25.3"} | request, "execution": execution}


ABORT = command(command="abort", why="the database is slow")


def test_abort_lets_the_release_fail_and_is_on_record(release, handle, published):
    """P11."""
    answers = [handle("take_command", ABORT) for _ in range(2)]
    assert [answer["answer"] for answer in answers] == ["taken", "taken"]
    assert state(release).failure == "it was aborted by the command slow-db: the database is slow"
    (entry,) = commands().last_commands(release_target("2026-11-25.3", RELEASE_EXECUTION.account_region), 5)
    assert (entry["command"], entry["why"], entry["open"]) == ("abort", "the database is slow", "command")
    assert {sent["detail"]["id"] for sent in published()} == {f"{ABORT['execution']['arn']}/command-taken"}


def test_abort_reaches_the_release_that_is_open(release, handle):
    """Two executions of one name may begin in the same second; the newest one has failed on the other's locks."""
    later = RELEASE_EXECUTION.model_copy(
        update={"name": "later", "started_at": RELEASE_EXECUTION.started_at + timedelta(seconds=1)}
    )
    twin = release.model_copy(update={"execution": later})
    releases().open(twin, NOW)
    releases().fail(twin.as_part, "my-api ended: it was rejected", NOW)
    assert handle("take_command", ABORT)["execution"] == RELEASE_EXECUTION.arn
    assert state(release).status is ReleaseStatus.FAILED


def test_abort_of_a_release_that_was_promoted_is_refused_with_the_way_back(release, handle):
    releases().advance(release.as_part, ReleaseStatus.ROLLING, ReleaseStatus.PROMOTED, NOW)
    refused = handle("take_command", ABORT)
    assert (refused["answer"], refused["Error"]) == ("refused", "CommandNotPossibleError")
    assert '{"function": "...", "back": true}' in refused["Cause"]


@pytest.mark.parametrize(
    ("request_", "error", "says"),
    [
        ({"command": "abort"}, "InvalidCommandError", "why is missing"),
        ({"command": "pause", "why": "x"}, "InvalidCommandError", "command is"),
        ({"command": "status", "function": "my-api"}, "InvalidCommandError", "function is"),
        ({"command": "status", "release": "other"}, "NoLiveRolloutError", "no release other"),
    ],
)
def test_command_that_a_release_does_not_take_is_refused(release, handle, request_, error, says):
    refused = handle("take_command", command(**request_))
    assert refused["Error"] == error
    assert says in refused["Cause"]


def test_status_and_history_say_how_far_each_part_has_come(release, handle):
    releases().record_progress(release.part(0), Progress.READY)
    status = handle("take_command", command(command="status"))
    assert (status["status"], status["reason"]) == ("rolling", "1 of 1 functions have passed their steps")
    assert [(each["function"], each["progress"]) for each in status["functions"]] == [("my-api", "ready")]
    history = handle("take_command", command(command="history"))
    assert [each["execution"] for each in history["releases"]] == [RELEASE_EXECUTION.arn]
