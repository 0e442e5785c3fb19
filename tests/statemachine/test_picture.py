"""The README's picture is the state machine as it ships."""

import subprocess
import sys

from statemachine.draw import ROOT, drawn, picture
from tests.statemachine.machine import definition

README = ROOT / "README.md"


def shown(step: str, after: str) -> bool:
    lines = [line.split() for line in picture(definition()).splitlines()]
    return any(line[:1] == [step] and line[-1:] == [after] for line in lines)


def test_the_readme_shows_the_state_machine_as_it_is():
    assert README.read_text() == drawn(README.read_text())
    assert "flowchart TD" in README.read_text()


def test_the_picture_shows_every_state_and_where_each_leads():
    for name, state in definition()["States"].items():
        rules = [state, *state.get("Choices", []), *state.get("Catch", []), {"Next": state.get("Default")}]
        assert all(shown(name, rule["Next"]) for rule in rules if rule.get("Next"))
        assert f"    {name}" in picture(definition())


def test_a_picture_out_of_step_says_what_to_run(tmp_path):
    (tmp_path / "statemachine").mkdir()
    for name in ("statemachine/rollout.asl.json", "statemachine/draw.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "README.md").write_text("<!-- statemachine -->\nan older one\n<!-- /statemachine -->\n")

    def draw(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, tmp_path / "statemachine/draw.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603

    stale = draw("--check")
    assert (stale.returncode, "run make diagram" in stale.stderr) == (1, True)
    assert [draw().returncode, draw("--check").returncode] == [0, 0]
