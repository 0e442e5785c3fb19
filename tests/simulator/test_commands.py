"""The commands say what they want, print what was asked, and answer a mistake in a sentence."""

import json
import re
from pathlib import Path

import pytest

from rollout.policy.policy import read_policy
from simulator.files import UnreadableError, read_policy_file
from simulator.simulate.report import Report

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "simulator/policies").glob("*.yaml"))
QUICK = '{"steps": [{"percent": 20, "hold": "4m"}], "bake": 0}'
FEW = ("--rollouts", 4, "--calls", 600, "--regression", 50)


@pytest.mark.parametrize("command", [(), ("simulate",), ("replay",), ("record",)])
def test_help_is_there(simulator, command):
    assert "Usage:" in simulator(*command, "--help").stdout


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_sample_policies_are_policies(path):
    read_policy_file(path)


def test_a_policy_without_a_step_has_nothing_to_simulate(written):
    with pytest.raises(UnreadableError, match="promotes at once: it has no step in which versions are compared"):
        read_policy_file(Path(written("at-once.json", '{"steps": "AllAtOnce"}')))


def test_the_default_policy_is_the_stacks():
    stacks = re.search(r"DefaultPolicy:.*?Default: '(.*?)'", (ROOT / "template.yaml").read_text(), re.DOTALL)
    assert read_policy_file(ROOT / "simulator/policies/default.yaml") == read_policy(json.loads(stacks[1]))


def test_a_simulation_ends_in_one_clear_line(simulator, written):
    done = simulator("simulate", written("quick.json", QUICK), *FEW)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("✓ This policy fits this traffic")


def test_slow_calls_are_told_on_the_terminal(simulator, written):
    policy = written("slow.json", QUICK[:-1] + ', "metrics": ["errors", {"slow": {"over_ms": 800}}]}')
    done = simulator("simulate", policy, "--rollouts", 2, "--regression", 1, "--slow", 2, "--slowdown", 30)
    assert "0.2 % fail and 2 % are slow on stable" in done.stdout
    assert re.search(r"calls slow until then +- +[\d,]+ / [\d,]+ *\n", done.stdout)


def test_json_is_all_that_is_printed(simulator, written):
    done = simulator("simulate", written("quick.json", QUICK), *FEW, "--json")
    report = Report.model_validate(json.loads(done.stdout))
    assert (report.rollouts, report.calls_per_minute, report.regression) == (4, 600, 50)


@pytest.mark.parametrize(("ending", "more"), [("png", ""), ("svg", ', "slow"')])
def test_a_picture_is_drawn(simulator, written, tmp_path, ending, more):
    drawn = tmp_path / f"picture.{ending}"
    policy = written("quick.json", QUICK[:-1] + f', "metrics": ["errors"{more}]}}')
    simulator("simulate", policy, *FEW, "--picture", drawn)
    if ending == "png":
        assert drawn.read_bytes().startswith(b"\x89PNG")
    else:
        assert drawn.read_text().count("<path") > 50


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("typo.json", '{"stpes": []}', "stpes is not a known field"),
        ("typo.yaml", "steps: [", "not what its name says"),
        ("broken.json", "{", "not what its name says"),
        ("list.yaml", "- 1", "is refused"),
        ("policy.toml", "", "neither JSON nor YAML"),
        ("falling.yaml", "steps: [{percent: 50, hold: 1m}, {percent: 10, hold: 1m}]", "more than the one before"),
    ],
)
def test_a_policy_that_is_none_is_refused_in_a_sentence(simulator, written, name, text, said):
    done = simulator("simulate", written(name, text))
    assert (done.exit_code, done.stdout) == (1, "")
    assert name in done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("simulate",), "Missing argument 'POLICY'"),
        (("simulate", "nowhere.yaml"), "nowhere.yaml cannot be read: No such file"),
        (("simulate", "simulator/policies/default.yaml", "--calls", 0), "'--calls'"),
        (("simulate", "simulator/policies/default.yaml", "--errors", 101), "'--errors'"),
        (("simulate", "simulator/policies/default.yaml", "--bursts", 1), "'--bursts'"),
        (("simulate", "simulator/policies/default.yaml", "--slow", 101), "'--slow'"),
        (("simulate", "simulator/policies/default.yaml", "--slowdown", 5), "needs a policy with the metric slow"),
        (("simulate", "simulator/policies/default.yaml", "--picture", "a.gif"), "call it .png or .svg"),
        (("simulate", "simulator/policies/default.yaml", "--picture", "nowhere/a.png"), "there is no folder nowhere"),
        (("replay", "nowhere.csv", "--policy", "simulator/policies/default.yaml"), "nowhere.csv cannot be read"),
        (("record", "f", "--stable", 1, "--canary", 2, "--since", "2026-01-02", "--until", "2026-01-01"), "--until"),
    ],
)
def test_a_mistake_is_answered_in_a_sentence(simulator, arguments, said):
    done = simulator(*arguments)
    assert (done.exit_code != 0, done.stdout) == (True, "")
    assert said in done.stderr
