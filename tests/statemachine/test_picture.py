"""The README's picture shows the shipped state machine."""

import subprocess
import sys

from statemachine.draw import ROOT, drawn, picture
from tests.statemachine.machine import definition

README = ROOT / "README.md"


def is_shown(step: str, after: str) -> bool:
    lines = [line.split() for line in picture(definition()).splitlines()]
    return any(line[:1] == [step] and line[-1:] == [after] for line in lines)


def test_readme_has_the_current_picture():
    assert README.read_text() == drawn(README.read_text())
    assert "flowchart TD" in README.read_text()


def test_picture_shows_every_state_and_transition():
    for name, state in definition()["States"].items():
        rules = [state, *state.get("Choices", []), *state.get("Catch", []), {"Next": state.get("Default")}]
        assert all(is_shown(name, rule["Next"]) for rule in rules if rule.get("Next"))
        assert f"    {name}" in picture(definition())


def test_outdated_picture_names_the_command_to_run(tmp_path):
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
