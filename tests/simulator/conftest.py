"""Runs the simulator's commands in the test process."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.__main__ import main


@dataclass(frozen=True)
class CommandResult:
    """The exit code and the output of a command."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def simulator(monkeypatch, capsys):
    """Run a command in the repository's root."""
    monkeypatch.chdir(Path(__file__).parents[2])

    def run(*arguments: object) -> CommandResult:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments], prog_name="simulator")
        return CommandResult(ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def write_file(tmp_path):
    """Write a file with this name and text, and return its path."""

    def write(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write
