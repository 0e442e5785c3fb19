"""The simulator's commands: help, output formats, and errors."""

import json
import re
from pathlib import Path

import pytest

from rollout.policy.read_policy import read_policy
from simulator.files import InvalidInputError, read_policy_file
from simulator.simulate.report import Report

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "simulator/policies").glob("*.yaml"))
QUICK = '{"steps": [{"percent": 20, "hold": "4m"}], "bake": 0}'
FEW = ("--rollouts", 4, "--calls", 600, "--regression", 50)


@pytest.mark.parametrize("command", [(), ("simulate",), ("replay",), ("record",)])
def test_command_has_help(simulator, command):
    assert "Usage:" in simulator(*command, "--help").stdout


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_sample_policy_is_valid(path):
    read_policy_file(path)


def test_policy_without_steps_is_refused(write_file):
    with pytest.raises(InvalidInputError, match="promotes at once, so no step compares the versions"):
        read_policy_file(Path(write_file("at-once.json", '{"steps": "AllAtOnce"}')))


def test_default_policy_equals_the_stacks_default():
    stack = re.search(r"DefaultPolicy:.*?Default: '(.*?)'", (ROOT / "template.yaml").read_text(), re.DOTALL)
    assert read_policy_file(ROOT / "simulator/policies/default.yaml") == read_policy(json.loads(stack[1]))


def test_simulation_ends_with_the_conclusion(simulator, write_file):
    result = simulator("simulate", write_file("quick.json", QUICK), *FEW)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("✓ This policy fits this traffic")


def test_simulation_prints_slow_calls(simulator, write_file):
    policy = write_file("slow.json", QUICK[:-1] + ', "metrics": ["errors", {"slow": {"over_ms": 800}}]}')
    result = simulator("simulate", policy, "--rollouts", 2, "--regression", 1, "--slow", 2, "--slowdown", 30)
    assert "0.2 % fail and 2 % are slow on stable" in result.stdout
    assert re.search(r"\nslow calls +- +[\d,]+ / [\d,]+ *\n", result.stdout)


@pytest.mark.parametrize("bursts", ["0.01", "clumps:10", "environments:100", "heavy"])
def test_bursts_are_reported_as_they_were_given(simulator, write_file, bursts):
    result = simulator("simulate", write_file("quick.json", QUICK), *FEW, "--bursts", bursts, "--json")
    assert str(Report.model_validate(json.loads(result.stdout)).bursts) == bursts


def test_load_is_learned_from_a_recording_unless_an_option_says_otherwise(simulator, write_file):
    recording, policy = "simulator/recordings/checkout.csv", write_file("quick.json", QUICK)
    result = simulator("simulate", policy, "--rollouts", 2, "--learn", recording, "--errors", 3)
    assert result.stdout.splitlines()[1:3] == [
        f"{recording} has 33 minutes of stable: 900 calls a minute; 0.516 % fail, independently.",
        "900 calls a minute; 3 % fail on stable, independently",
    ]


def test_json_option_prints_only_the_report(simulator, write_file):
    result = simulator("simulate", write_file("quick.json", QUICK), *FEW, "--json")
    report = Report.model_validate(json.loads(result.stdout))
    assert (report.rollouts, report.calls_per_minute, report.regression) == (4, 600, 50)


@pytest.mark.parametrize(("extension", "metric"), [("png", ""), ("svg", ', "slow"')])
def test_picture_option_draws_the_file(simulator, write_file, tmp_path, extension, metric):
    picture = tmp_path / f"picture.{extension}"
    policy = write_file("quick.json", QUICK[:-1] + f', "metrics": ["errors"{metric}]}}')
    simulator("simulate", policy, *FEW, "--picture", picture)
    if extension == "png":
        assert picture.read_bytes().startswith(b"\x89PNG")
    else:
        assert picture.read_text().count("<path") > 50


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("typo.json", '{"stpes": []}', "stpes is not a known field"),
        ("typo.yaml", "steps: [", "is not valid YAML"),
        ("broken.json", "{", "is not valid JSON"),
        ("list.yaml", "- 1", "is refused"),
        ("policy.toml", "", "neither JSON's nor YAML's"),
        ("falling.yaml", "steps: [{percent: 50, hold: 1m}, {percent: 10, hold: 1m}]", "give each step a larger share"),
    ],
)
def test_invalid_policy_is_refused_with_a_message(simulator, write_file, name, text, message):
    result = simulator("simulate", write_file(name, text))
    assert (result.exit_code, result.stdout) == (1, "")
    assert name in result.stderr
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("simulate",), "Missing argument 'POLICY'"),
        (("simulate", "nowhere.yaml"), "nowhere.yaml cannot be read: No such file"),
        (("simulate", "simulator/policies/default.yaml", "--calls", 0), "'--calls'"),
        (("simulate", "simulator/policies/default.yaml", "--errors", 101), "'--errors'"),
        (("simulate", "simulator/policies/default.yaml", "--bursts", 1), "'--bursts'"),
        (
            ("simulate", "simulator/policies/default.yaml", "--bursts", "clump:3"),
            "'clump:3' is no shape of bursts",
        ),
        (("simulate", "simulator/policies/default.yaml", "--learn", "nowhere.csv"), "nowhere.csv cannot be read"),
        (("simulate", "simulator/policies/default.yaml", "--slow", 101), "'--slow'"),
        (("simulate", "simulator/policies/default.yaml", "--slowdown", 5), "Add the metric slow to the policy"),
        (("simulate", "simulator/policies/default.yaml", "--picture", "a.gif"), "ends in .png or .svg"),
        (("simulate", "simulator/policies/default.yaml", "--picture", "nowhere/a.png"), "mkdir -p nowhere"),
        (("replay", "nowhere.csv", "--policy", "simulator/policies/default.yaml"), "nowhere.csv cannot be read"),
        (("record", "f", "--stable", 1, "--canary", 2, "--since", "2026-01-02", "--until", "2026-01-01"), "--until"),
    ],
)
def test_invalid_command_line_is_refused_with_a_message(simulator, arguments, message):
    result = simulator(*arguments)
    assert (result.exit_code != 0, result.stdout) == (True, "")
    assert message in result.stderr
