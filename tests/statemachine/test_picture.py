"""The pictures of the README and of docs/operating.md show the shipped state machines."""

import subprocess
import sys

import pytest

from statemachine.draw import PAGES, ROOT, drawn, picture
from tests.statemachine.machine import ASL, COMMAND_ASL, RELEASE_ASL, definition


@pytest.mark.parametrize("page", PAGES)
def test_page_has_the_current_picture(page):
    text = (ROOT / page).read_text()
    assert text == drawn(page, text)
    assert "flowchart TD" in text


@pytest.mark.parametrize("asl", [ASL, COMMAND_ASL, RELEASE_ASL], ids=lambda path: path.name)
def test_picture_shows_every_state_and_transition(asl):
    shown = picture(definition(asl))
    arrows = {(line.split()[0], line.split()[-1]) for line in shown.splitlines() if len(line.split()) > 1}
    for name, state in definition(asl)["States"].items():
        rules = [state, *state.get("Choices", []), *state.get("Catch", []), {"Next": state.get("Default")}]
        assert {(name, rule["Next"]) for rule in rules if rule.get("Next")} <= arrows
        assert f"    {name}" in shown


def test_outdated_picture_names_the_command_to_run(tmp_path):
    for folder in ("statemachine", "docs"):
        (tmp_path / folder).mkdir()
    for name in (
        *(f"statemachine/{name}" for name in PAGES.values()),
        "statemachine/draw.py",
        "docs/operating.md",
        "docs/releases.md",
    ):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "README.md").write_text("<!-- statemachine -->\nan older one\n<!-- /statemachine -->\n")

    def draw(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, tmp_path / "statemachine/draw.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603

    stale = draw("--check")
    assert (stale.returncode, "run make diagram" in stale.stderr) == (1, True)
    assert [draw().returncode, draw("--check").returncode] == [0, 0]
