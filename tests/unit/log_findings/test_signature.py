"""Errors that differ only by their call have one signature; others do not."""

import pytest

from rollout.log_findings.signature import signature_of

ALIKE = {
    "number": ("Cannot pay order 17", "Cannot pay order 4,242"),
    "quoted value": ("KeyError: 'customer'", "KeyError: 'order'"),
    "double quotes": ('no "a"', 'no "b c"'),
    "id": (
        "request 8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a44 failed",
        "request 00000000-6d0b-4b57-9a3e-2f9d0c7b1a45 failed",
    ),
    "short id": ("order 5f0c9d3f8a1b failed", "order 77aa9d3f8a1b failed"),
    "hexadecimal": ("at 0x7f21", "at 0xdeadbeef"),
    "time": ("since 2026-03-01T12:00:00.123Z", "since 2026-03-02 13:00:00"),
    "duration": ("timed out after 3.00 seconds", "timed out after 3.01 seconds"),
    "line of the code": ("ValueError (app.py, line 3, in handler)", "ValueError (app.py, line 4, in handler)"),
    "address": ("connect to 10.0.0.1", "connect to 10.0.12.250"),
    "URL": ("GET https://a.example/b?c=1 failed", "GET https://a.example/d failed"),
    "several numbers": ("expected [1, 2, 3]", "expected [4, 5]"),
}
DIFFERENT = {
    "type": ("KeyError: 'a'", "ValueError: 'a'"),
    "message": ("ERROR: Cannot pay", "ERROR: Cannot deliver"),
    "place": ("KeyError: 'a' (app.py, line 3, in pay)", "KeyError: 'a' (app.py, line 3, in deliver)"),
    "word with a number": ("no module v1", "no module v2"),
}


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE)
def test_errors_that_differ_by_their_call_are_alike(one, other):
    assert signature_of(one) == signature_of(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_other_errors_are_different(one, other):
    assert signature_of(one) != signature_of(other)


def test_apostrophe_of_a_word_quotes_nothing():
    assert signature_of("can't pay, won't retry") == "can't pay, won't retry"
