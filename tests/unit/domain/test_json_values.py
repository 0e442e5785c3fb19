"""JSON from outside is read within stated limits, and never ends in an error of the parser or of UTF-8."""

import json
import sys

import pytest

from rollout.domain.json_values import MAX_LEVELS, REPEATED, JsonTooDeepError, plain_json, read_json
from rollout.domain.validation import format_value


def lists(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize("levels", [MAX_LEVELS + 1, 500, 100_000])
@pytest.mark.parametrize("text", ["DEEP", '{"a": DEEP}', '[DEEP, "\\"]"]'])
def test_deep_text_is_refused_before_it_is_parsed(text, levels):
    with pytest.raises(JsonTooDeepError):
        read_json(text.replace("DEEP", lists(levels)))


def test_brackets_in_strings_are_no_levels():
    assert read_json(json.dumps({"a": "[" * 500, "b": '\\"' + "{" * 500})) == {"a": "[" * 500, "b": '\\"' + "{" * 500}


def test_deepest_allowed_text_is_read():
    assert read_json(lists(MAX_LEVELS)) == json.loads(lists(MAX_LEVELS))


@pytest.mark.parametrize("text", ["", "{", "steps: []", "1" * 5000, "[1,]", "\ud800"])
def test_text_that_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_repeated_key_is_kept_under_another_name():
    assert read_json('{"a": 1, "b": {"c": 2, "c": 3}, "a": 4}') == {
        "a": 1,
        "b": {"c": 2, f"c{REPEATED}": 3},
        f"a{REPEATED}": 4,
    }


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("\ud800a\udfff", "\ufffda\ufffd"),
        ({"\ud800": ["é", 1, None, True, 2.5]}, {"\ufffd": ["é", 1, None, True, 2.5]}),
        (10**299, 10**299),
        (10**5000, float("inf")),
        (-(10**5000), float("-inf")),
        ({5: (1, 2)}, {"5": [1, 2]}),
    ],
    ids=range(6),
)
def test_value_is_plain(value, plain):
    assert plain_json(value) == plain


def test_value_of_any_depth_is_shown_by_its_beginning():
    """Also where the recursion limit of Python is far below the depth of the value."""
    value: object = {"key": 1}
    for _ in range(10 * sys.getrecursionlimit()):
        value = [value]
    assert format_value(value) == "[" * 80 + "…"
    assert json.dumps(plain_json(value)).count("[") == MAX_LEVELS


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 250_000, f'"{"x" * 79}…'),
        ([1] * 100_000, "[1, " + "1, " * 25 + "1…"),
        ({"k" * 100_000: 1}, f'{{"{"k" * 78}…'),
        (10**5000, "Infinity"),
        ("\ud800", '"\\ud800"'),
        ({"a": float("nan")}, '{"a": NaN}'),
    ],
    ids=range(6),
)
def test_value_is_shown_as_json_of_80_characters(value, shown):
    assert format_value(value) == shown
