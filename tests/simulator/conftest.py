"""The command line as a person uses it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.__main__ import main


@dataclass(frozen=True)
class Done:
    """What a command has printed."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def simulator(monkeypatch, capsys):
    """Run a command from the repository's top."""
    monkeypatch.chdir(Path(__file__).parents[2])

    def run(*arguments: object) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments], prog_name="simulator")
        return Done(ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def written(tmp_path):
    """Write a file of that name, and give its path."""

    def write(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write
