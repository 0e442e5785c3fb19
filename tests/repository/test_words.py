"""The retired words stay out of names, messages, docs, comments and tests."""

import subprocess
from pathlib import Path

import pytest

from tests.repository.retired_words import retired
from tests.repository.sources import ROOT

READ = {".py", ".md", ".yaml", ".yml", ".json", ".toml", ".sh", ".ts", ""}
LEFT_OUT = (
    "requirements.lock",
    "tests/adopting/package-lock.json",
    "LICENSE",
    "tests/repository/retired_words.py",
    "tests/repository/test_words.py",
)


def _files() -> list[str]:
    command = ["git", "ls-files"]
    listed = subprocess.run(  # noqa: S603 - a fixed command
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [name for name in listed if Path(name).suffix in READ and name not in LEFT_OUT]


@pytest.mark.parametrize("name", _files())
def test_file_holds_no_retired_word(name):
    if (ROOT / name).is_file():
        assert retired((ROOT / name).read_text()) == []


@pytest.mark.parametrize("text", ["Every look costs nine events.", "Works in a region alone.", "It is taken back."])
def test_retired_word_is_found(text):
    assert retired(text) != []


@pytest.mark.parametrize("text", ["The alias serves version 4 alone.", "This looks like a typo.", "It is left alone."])
def test_plain_sentence_passes(text):
    assert retired(text) == []
