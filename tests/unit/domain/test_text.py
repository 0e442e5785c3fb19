"""Sentences stay short enough for a Cause, an event and a notification, whatever they quote."""

import pytest

from rollout.domain.errors import InvalidPolicyError, RolloutError
from rollout.domain.text import (
    MAX_SENTENCE_LENGTH,
    as_sentence,
    format_count,
    format_names,
    join_within,
    shorten,
    shorten_bytes,
)
from rollout.lifecycle.writer_search import with_writer
from rollout.state.alias import AliasState
from rollout.state.endings import moved_by_other, rejected


def test_short_text_is_unchanged():
    assert shorten("a" * 100, 100) == "a" * 100


@pytest.mark.parametrize("limit", [60, 100, 3900])
def test_long_text_keeps_its_beginning_and_its_end(limit):
    text = shorten(f"begin {'x' * 50_000} end", limit)
    assert len(text) <= limit
    assert text.startswith("begin ")
    assert text.endswith(" end")
    assert "(50,010 characters in all)" in text


def test_number_has_the_noun_that_fits_it():
    assert [format_count(number, "alarm") for number in (0, 1, 1.0, 1203)] == [
        "0 alarms",
        "1 alarm",
        "1 alarm",
        "1,203 alarms",
    ]
    assert [format_count(number, "try", "tries") for number in (1, 2)] == ["1 try", "2 tries"]


@pytest.mark.parametrize(
    "text", ["a" * 2000, "é" * 700, "データベースが遅い" * 90, "🔥" * 600, "a" * 500 + "🔥" * 80, "short"]
)
def test_text_is_shortened_to_bytes(text):
    """A reason in any script fits into an entry, an event and a state."""
    short = shorten_bytes(text, 600)
    assert len(short.encode()) <= 600
    assert (short == text) is (len(text.encode()) <= 600)
    assert short[0] == text[0]
    assert len(short.encode()) > 500 or short == text


@pytest.mark.parametrize("text", ["Rate exceeded", "Rate exceeded.", "Rate exceeded. ", ValueError("Rate exceeded.")])
def test_sentence_ends_in_one_full_stop(text):
    assert as_sentence(text) == "Rate exceeded."


def test_sentences_that_do_not_fit_are_counted():
    joined = join_within(["a" * 40] * 2000, "; ", "problem", 100)
    assert joined == f"{'a' * 40}; {'a' * 40}; and 1,998 more problems"
    assert join_within(["a" * 90, "b" * 20], "; ", "problem", 100) == f"{'a' * 90}; and 1 more problem"
    assert join_within(["a", "b"], " ", "reason", 100) == "a b"


def test_first_sentence_is_always_told():
    assert len(join_within(["a" * 5000, "b"], "; ", "problem", 100)) < 130


def test_names_are_the_first_five_and_their_number():
    assert format_names(["a", "b"]) == "a, b"
    assert format_names(f"n{number}" for number in range(2000)) == "n0, n1, n2, n3, n4 and 1,995 more"
    assert len(format_names(["x" * 50_000] * 9)) < 400


def test_every_error_and_every_cause_is_short():
    """P10: also a message that quotes AWS, and a name of 50,000 letters."""
    long = "x" * 50_000
    assert len(str(RolloutError(f"reading metrics: AWS answered {long}"))) <= MAX_SENTENCE_LENGTH
    assert len(rejected(InvalidPolicyError(long)).cause) <= MAX_SENTENCE_LENGTH
    moved = moved_by_other(long, AliasState(version="5", revision_id="revision-5"))
    assert len(with_writer(moved, long).cause) <= MAX_SENTENCE_LENGTH < 4000
