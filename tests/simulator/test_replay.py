"""The replay of recorded minutes: its decision, its report, and the errors of invalid recordings."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rollout.domain.enums import Move, Outcome
from rollout.evidence.series import Minute
from rollout.policy.policy import Policy
from simulator.evaluation_loop import ON_AWS
from simulator.files import InvalidInputError
from simulator.replay.recording import Recording
from simulator.replay.replay import replay
from simulator.replay.report import format_ending
from simulator.wording import GATES_PASSED, HOOKS_PASSED
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


def replay_counts(*counts: tuple[int, int, int, int], **changes: object):
    return replay(policy(**changes), recording(*counts))


def test_recorded_example_ends_as_documented(simulator):
    document = (ROOT / "docs/simulating.md").read_text()
    result = simulator("replay", EXAMPLE.relative_to(ROOT), "--policy", "simulator/policies/careful.yaml")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("Rolled back at ")
    assert result.stdout.splitlines()[-1] in document


def test_bad_version_is_rolled_back_and_later_calls_are_counted():
    replayed = replay_counts(*[(100, 20, 900, 1)] * 10)
    assert replayed.outcome is Outcome.ROLLED_BACK
    assert replayed.evaluations[-1].move is Move.ROLL_BACK
    assert replayed.canary.bad + replayed.canary_after.bad == 200
    assert replayed.canary_after.bad >= 80
    assert format_ending(replayed).startswith("Rolled back at 12:0")


def test_healthy_version_is_promoted_and_baked():
    replayed = replay_counts(*[(500, 1, 500, 1)] * 25)
    assert replayed.outcome is Outcome.PROMOTED
    moves = [evaluation.move for evaluation in replayed.evaluations if evaluation.move is not Move.WAIT]
    assert moves == [Move.SHIFT, Move.PROMOTE, Move.FINISH]


def test_short_recording_has_no_outcome():
    replayed = replay_counts(*[(100, 0, 900, 1)] * 4)
    assert replayed.outcome is None
    assert "the canary's recording ends at 12:05:00, before the policy does" in format_ending(replayed)


def test_recorded_share_is_compared_with_the_policys_share():
    replayed = replay_counts(*[(100, 0, 900, 1)] * 15)
    assert [share.policy_percent for share in replayed.shares] == [10, 50, 100]
    assert [share.is_as_recorded for share in replayed.shares] == [True, False, False]


def test_minute_of_the_first_shift_is_not_judged():
    replayed = replay_counts((100, 100, 900, 0), *[(100, 0, 900, 1)] * 6)
    assert all(evaluation.move is not Move.ROLL_BACK for evaluation in replayed.evaluations)


def test_auto_chooses_its_steps_by_the_recorded_minutes_before_the_first_shift():
    before, both = [(0, 0, 600, 1)] * 90, [(6, 0, 594, 1)] * 5
    replayed = replay(Policy(), Recording(minutes(*before, *both), ON_AWS))
    assert replayed.policy.steps[0].percent == replayed.evaluations[0].percent == 1
    assert [step.percent for step in replayed.policy.steps] == [1, 5, 25, 50]


def test_recording_for_which_auto_would_not_split_is_refused():
    before, both = [(0, 0, 1, 0)] * 90, [(1, 0, 1, 0)] * 5
    sentence = r"steps: Auto promotes at once, because .* no step compares the recorded versions\. Write steps into"
    with pytest.raises(InvalidInputError, match=sentence):
        replay(Policy(), Recording(minutes(*before, *both), ON_AWS))


def test_slow_version_is_rolled_back_by_its_recorded_slow_calls():
    slow = _after_a_minute_of_stable(*[(100, 30, 900, 1)] * 10)
    with_slow = replace(recording(*[(100, 0, 900, 1)] * 10), slow_minutes=slow)
    replayed = replay(policy(metrics=["errors", SLOW]), with_slow)
    assert (replayed.outcome, replayed.unsupported_metrics) == (Outcome.ROLLED_BACK, [])
    assert "slow (over 800 ms): canary " in replayed.evaluations[-1].reason
    assert replayed.slow.bad + replayed.slow_after.bad == 300
    assert format_ending(replayed).endswith(
        f" By then {replayed.slow.bad} calls had been slow; in the rest of the recording {replayed.slow_after.bad} are"
        " slow."
    )


def test_metric_that_was_not_recorded_is_ignored_and_named(simulator):
    with_slow = policy(metrics=["errors", SLOW, "throttles"], guards={"max_slow_percent": 9})
    replayed = replay(with_slow, recording(*[(500, 1, 500, 1)] * 25))
    assert (replayed.outcome, replayed.slow) == (Outcome.PROMOTED, None)
    assert replayed.unsupported_metrics == ["slow", "throttles"]
    result = simulator("replay", EXAMPLE, "--policy", "simulator/policies/slow.yaml")
    assert "Not in the recording, and therefore ignored: slow.\n" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Rolled back at ")


def test_replay_says_what_is_assumed_of_hooks(simulator, write_file):
    hooked = write_file("hooked.yaml", "steps: [{percent: 10, hold: 5m}]\nhooks: {each_step: [{function: smoke}]}\n")
    assert HOOKS_PASSED in simulator("replay", EXAMPLE, "--policy", hooked).stdout
    assert HOOKS_PASSED not in simulator("replay", EXAMPLE, "--policy", "simulator/policies/careful.yaml").stdout


def test_replay_says_what_is_assumed_of_approvals(simulator, write_file):
    gated = write_file("gated.yaml", "steps: [{percent: 10, hold: 5m}, {approval: {timeout: 1d}}]\nbake: 5m\n")
    assert GATES_PASSED in simulator("replay", EXAMPLE, "--policy", gated).stdout
    assert GATES_PASSED not in simulator("replay", EXAMPLE, "--policy", "simulator/policies/careful.yaml").stdout


def test_policy_without_a_recorded_critical_metric_is_refused():
    with pytest.raises(InvalidInputError, match=r"The recording has no data for slow.* of the kind errors\."):
        replay_counts((100, 0, 900, 1), metrics=[SLOW])


def test_slow_calls_are_read_from_two_columns(simulator, write_file):
    rows = "".join(f"2026-03-01T12:{minute:02}:00Z,100,0,900,1,30,9\n" for minute in range(12))
    path = write_file("slow.csv", f"{COLUMNS},canary_slow,stable_slow\n{rows}")
    result = simulator("replay", path, "--policy", "simulator/policies/slow.yaml", "--json")
    replayed = json.loads(result.stdout)
    assert (replayed["outcome"], replayed["unsupported_metrics"]) == ("rolled_back", [])
    assert replayed["slow"]["bad"] + replayed["slow_after"]["bad"] == 360


def test_json_recording_gives_the_same_replay_as_csv(simulator, write_file):
    lines = [line for line in EXAMPLE.read_text().splitlines() if not line.startswith("#")]
    names = lines[0].split(",")
    rows = [{n: cell for n, cell in zip(names, line.split(","), strict=True) if cell} for line in lines[1:]]
    default = "simulator/policies/three-steps.yaml"
    from_json = simulator("replay", write_file("checkout.json", json.dumps(rows)), "--policy", default, "--json")
    from_csv = simulator("replay", EXAMPLE, "--policy", default, "--json")
    assert from_json.stdout == from_csv.stdout
    assert json.loads(from_json.stdout)["outcome"] == "rolled_back"


def test_all_evaluations_option_prints_more_lines(simulator):
    default = ("--policy", "simulator/policies/three-steps.yaml")
    short, long = (simulator("replay", EXAMPLE, *default, *more).stdout for more in ((), ("--all-evaluations",)))
    assert len(long.splitlines()) > len(short.splitlines())


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("r.csv", "", "is empty"),
        ("r.csv", "start,calls\n", "needs the columns"),
        ("r.csv", f"{COLUMNS}\n{AT},10,11,90,1\n", "canary_errors is 11, more than canary_calls"),
        ("r.csv", f"# a comment\n{COLUMNS}\n{AT},10,,90,1\n", "canary_calls and canary_errors go"),
        ("r.csv", f"{COLUMNS},canary_slow\n", "missing: stable_slow"),
        ("r.csv", f"{COLUMNS},canary_slow,stable_slow\n{AT},10,0,90,1,11,0\n", "canary_slow is 11, more than"),
        ("r.csv", f"{COLUMNS}\n{AT},-1,0,90,1\n", "canary_calls is"),
        ("r.csv", f"{COLUMNS}\nnoon,1,0,90,1\n", "start is"),
        ("r.csv", f"{COLUMNS}\n{AT},1,0,90,1,7\n", "line 2: 7 is beyond the last column"),
        ("r.csv", f"{COLUMNS}\n2026-03-01T12:00:07Z,1,0,90,1\n", "12:00:07 is not the start of a period of 60 s"),
        ("r.csv", f"{COLUMNS}\n{AT},1,0,90,1\n{AT},1,0,90,1\n", "line 3: start 2026-03-01 12:00:00 is not after"),
        ("r.csv", f"{COLUMNS}\n{AT},,,90,1\n", "no minute with calls on the canary"),
        ("r.json", "{}", "must be a list of objects"),
        ("r.json", "[1]", "minute 1"),
        ("r.txt", "", "neither JSON's nor YAML's"),
    ],
)
def test_invalid_recording_is_refused_with_a_message(simulator, write_file, name, text, message):
    result = simulator("replay", write_file(name, text), "--policy", "simulator/policies/three-steps.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_period_and_lag_options_allow_shorter_periods(simulator, write_file):
    rows = "".join(f"2026-03-01T12:00:{second:02}Z,100,20,900,1\n" for second in range(0, 60, 5))
    short = Policy.model_validate({"steps": [{"percent": 10, "hold": 30}]}).model_dump_json()
    path, policy_path = write_file("r.csv", f"{COLUMNS}\n{rows}"), write_file("short.json", short)
    result = simulator("replay", path, "--policy", policy_path, "--period", 5, "--lag", 1)
    assert result.stdout.splitlines()[-1].startswith("Rolled back at 12:0")
