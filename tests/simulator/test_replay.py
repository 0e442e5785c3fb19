"""A replay judges what was recorded, says how it ends, and where it cannot know."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rollout.domain.enums import Move, Outcome
from rollout.evidence.series import Minute
from rollout.policy.policy import Policy
from simulator.evaluation_loop import ON_AWS
from simulator.files import UnreadableError
from simulator.replay.recording import Recording
from simulator.replay.replay import replay
from simulator.replay.report import ending
from tests.samples import minutes, policy

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "simulator/recordings/checkout.csv"
COLUMNS = "start,canary_calls,canary_errors,stable_calls,stable_errors"
AT = "2026-03-01T12:00:00Z"


SLOW = {"slow": {"over_ms": 800}}


def recording(*counts: tuple[int, int, int, int]) -> Recording:
    return Recording(_after_a_minute_of_stable(*counts), ON_AWS)


def _after_a_minute_of_stable(*counts: tuple[int, int, int, int]) -> tuple[Minute, ...]:
    return minutes((0, 0, 1000, 1)) + minutes((0, 0, 1000, 1), *counts)[1:]


def replayed(*counts: tuple[int, int, int, int], **changes: object):
    return replay(policy(**changes), recording(*counts))


def test_the_recorded_example_ends_as_documented(simulator):
    document = (ROOT / "docs/simulating.md").read_text()
    done = simulator("replay", EXAMPLE.relative_to(ROOT), "--policy", "simulator/policies/careful.yaml")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("Taken back at ")
    assert done.stdout.splitlines()[-1] in document


def test_a_bad_version_is_taken_back_and_what_came_after_is_counted():
    told = replayed(*[(100, 20, 900, 1)] * 10)
    assert told.outcome is Outcome.ROLLED_BACK
    assert told.evaluations[-1].move is Move.ROLL_BACK
    assert told.canary.bad + told.canary_after.bad == 200
    assert told.canary_after.bad > 100
    assert ending(told).startswith("Taken back at 12:0")


def test_a_healthy_version_is_promoted_and_baked():
    told = replayed(*[(500, 1, 500, 1)] * 25)
    assert told.outcome is Outcome.PROMOTED
    moves = [look.move for look in told.evaluations if look.move is not Move.WAIT]
    assert moves == [Move.SHIFT, Move.PROMOTE, Move.FINISH]


def test_a_recording_that_ends_too_soon_decides_nothing():
    told = replayed(*[(100, 0, 900, 1)] * 4)
    assert told.outcome is None
    assert "the recording of the canary ends at 12:05:00, before the policy does" in ending(told)


def test_a_share_that_was_not_the_policys_is_said():
    told = replayed(*[(100, 0, 900, 1)] * 15)
    assert [stage.percent for stage in told.stages] == [10, 50, 100]
    assert [stage.is_as_recorded for stage in told.stages] == [True, False, False]


def test_the_minute_of_the_first_shift_is_not_judged():
    told = replayed((100, 100, 900, 0), *[(100, 0, 900, 1)] * 6)
    assert all(look.move is not Move.ROLL_BACK for look in told.evaluations)


def test_a_version_that_is_slow_alone_is_taken_back_where_slow_calls_were_recorded():
    slow = _after_a_minute_of_stable(*[(100, 30, 900, 1)] * 10)
    heard = replay(policy(metrics=["errors", SLOW]), replace(recording(*[(100, 0, 900, 1)] * 10), slow_minutes=slow))
    assert (heard.outcome, heard.left_out) == (Outcome.ROLLED_BACK, [])
    assert "slow (over 800 ms): canary " in heard.evaluations[-1].reason
    assert heard.slow.bad + heard.slow_after.bad == 300
    assert ending(heard).endswith(f" {heard.slow.bad} had been slow, and {heard.slow_after.bad} more were.")


def test_a_recording_without_slow_calls_leaves_their_metric_out_and_says_so(simulator, written):
    plan = policy(metrics=["errors", SLOW, "throttles"], guards={"max_slow_percent": 9})
    told = replay(plan, recording(*[(500, 1, 500, 1)] * 25))
    assert (told.outcome, told.left_out, told.slow) == (Outcome.PROMOTED, ["slow", "throttles"], None)
    done = simulator("replay", EXAMPLE, "--policy", "simulator/policies/slow.yaml")
    assert "Left out, as this recording cannot tell of it: slow.\n" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Taken back at ")


def test_a_policy_for_which_nothing_was_recorded_is_refused():
    with pytest.raises(UnreadableError, match=r"without slow, of which this recording cannot tell: .* of errors\."):
        replayed((100, 0, 900, 1), metrics=[SLOW])


def test_slow_calls_are_read_from_two_more_columns(simulator, written):
    rows = "".join(f"2026-03-01T12:{minute:02}:00Z,100,0,900,1,30,9\n" for minute in range(12))
    recorded = written("slow.csv", f"{COLUMNS},canary_slow,stable_slow\n{rows}")
    done = simulator("replay", recorded, "--policy", "simulator/policies/slow.yaml", "--json")
    told = json.loads(done.stdout)
    assert (told["outcome"], told["left_out"]) == ("rolled_back", [])
    assert told["slow"]["bad"] + told["slow_after"]["bad"] == 360


def test_a_json_recording_says_the_same_as_a_csv(simulator, written):
    lines = [line for line in EXAMPLE.read_text().splitlines() if not line.startswith("#")]
    names = lines[0].split(",")
    rows = [{n: cell for n, cell in zip(names, line.split(","), strict=True) if cell} for line in lines[1:]]
    plan = "simulator/policies/default.yaml"
    from_json = simulator("replay", written("checkout.json", json.dumps(rows)), "--policy", plan, "--json")
    from_csv = simulator("replay", EXAMPLE, "--policy", plan, "--json")
    assert from_json.stdout == from_csv.stdout
    assert json.loads(from_json.stdout)["outcome"] == "rolled_back"


def test_every_look_is_shown_when_asked_for(simulator):
    plan = ("--policy", "simulator/policies/default.yaml")
    short, long = (simulator("replay", EXAMPLE, *plan, *more).stdout for more in ((), ("--every-look",)))
    assert len(long.splitlines()) > len(short.splitlines())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.csv", "", "is empty"),
        ("r.csv", "start,calls\n", "needs the columns"),
        ("r.csv", f"{COLUMNS}\n{AT},10,11,90,1\n", "line 2: row.canary_errors is 11, more than canary_calls"),
        ("r.csv", f"# a comment\n{COLUMNS}\n{AT},10,,90,1\n", "line 3: row.canary_calls and canary_errors go"),
        ("r.csv", f"{COLUMNS},canary_slow\n", "see to stable_slow"),
        ("r.csv", f"{COLUMNS},canary_slow,stable_slow\n{AT},10,0,90,1,11,0\n", "row.canary_slow is 11, more than"),
        ("r.csv", f"{COLUMNS}\n{AT},-1,0,90,1\n", "canary_calls is"),
        ("r.csv", f"{COLUMNS}\nnoon,1,0,90,1\n", "start is"),
        ("r.csv", f"{COLUMNS}\n{AT},1,0,90,1,7\n", "line 2: 7 stands in no column"),
        ("r.csv", f"{COLUMNS}\n2026-03-01T12:00:07Z,1,0,90,1\n", "12:00:07 starts no period of 60 s"),
        (
            "r.csv",
            f"{COLUMNS}\n{AT},1,0,90,1\n{AT},1,0,90,1\n",
            "line 3: start 2026-03-01 12:00:00 does not come after",
        ),
        ("r.csv", f"{COLUMNS}\n{AT},,,90,1\n", "no minute with calls on the canary"),
        ("r.json", "{}", "is to be a list of minutes"),
        ("r.json", "[1]", "minute 1"),
        ("r.txt", "", "neither JSON nor YAML"),
    ],
)
def test_a_recording_that_is_none_is_refused_in_a_sentence(simulator, written, name, text, said):
    done = simulator("replay", written(name, text), "--policy", "simulator/policies/default.yaml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


def test_shorter_periods_are_taken_when_said(simulator, written):
    rows = "".join(f"2026-03-01T12:00:{second:02}Z,100,20,900,1\n" for second in range(0, 60, 5))
    plan = written("short.json", Policy.model_validate({"steps": [{"percent": 10, "hold": 30}]}).model_dump_json())
    fast = ("--period", 5, "--lag", 1)
    done = simulator("replay", written("r.csv", f"{COLUMNS}\n{rows}"), "--policy", plan, *fast)
    assert done.stdout.splitlines()[-1].startswith("Taken back at 12:0")
