"""Tests of what the answers of hooks mean."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.text import MAX_SENTENCE_LENGTH
from rollout.lifecycle.hooks.answer import Kind, read_answer
from tests.hooks import answer, failure


@pytest.mark.parametrize(
    ("result", "kind", "said"),
    [
        (answer(), Kind.HEALTHY, "healthy"),
        (answer("healthy"), Kind.HEALTHY, "healthy"),
        (answer("healthy", reason="12 of 12 requests. "), Kind.HEALTHY, "healthy (12 of 12 requests)"),
        (answer("healthy", took_ms=4, details=[1]), Kind.HEALTHY, "healthy"),
        (answer("unhealthy", reason="GET / answers 500"), Kind.UNHEALTHY, "unhealthy (GET / answers 500)"),
        (answer("inconclusive", reason="no orders\nyet"), Kind.AGAIN, "inconclusive (no orders yet)"),
        (answer(again_in="60s", reason="still warming up"), Kind.AGAIN, "not decided (still warming up)"),
    ],
)
def test_answer_is_a_verdict_or_asks_to_be_called_again(result, kind, said):
    assert read_answer(result)[:2] == (kind, said)


@pytest.mark.parametrize(
    ("fields", "seconds"), [({"again_in": "60s"}, 60), ({"again_in": 90}, 90), ({"verdict": "inconclusive"}, None)]
)
def test_hook_says_when_it_wants_to_be_called_again(fields, seconds):
    assert read_answer({"answer": json.dumps(fields)}).again_seconds == seconds


@pytest.mark.parametrize(
    "returned",
    [
        *({}, [], 0, 1, True, False, "", "healthy", "<html>502 Bad Gateway</html>", "x" * 200_000),
        *({"verdict": "ok"}, {"verdict": None}, {"again_in": "soon"}, {"verdict": ["healthy"]}),
        {"statusCode": 200, "body": "healthy"},
    ],
)
def test_any_other_answer_is_an_error_that_shows_it(returned):
    """P5: what cannot be read is never health."""
    read = read_answer({"answer": json.dumps(returned)})
    assert read.kind is Kind.ERROR
    assert 'return nothing, {"verdict": "healthy"}' in read.said
    assert json.dumps(returned)[:20] in read.said
    assert len(read.said) < 500


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("AssertionError", Kind.UNHEALTHY),
        ("Checkout.Broken", Kind.UNHEALTHY),
        ("Lambda.TooManyRequestsException", Kind.AGAIN),
        ("Lambda.ServiceException", Kind.AGAIN),
        ("Lambda.ResourceNotFoundException", Kind.ERROR),
        ("Lambda.AccessDeniedException", Kind.ERROR),
        ("Lambda.Unknown", Kind.ERROR),
        ("Runtime.ImportModuleError", Kind.ERROR),
        ("Sandbox.Timedout", Kind.ERROR),
        ("States.Timeout", Kind.ERROR),
        ("States.TaskFailed", Kind.ERROR),
        ("States.DataLimitExceeded", Kind.ERROR),
    ],
)
def test_exception_of_a_hook_is_unhealthy_and_a_call_that_failed_is_not(error, kind):
    read = read_answer(failure(error, json.dumps({"errorMessage": "expected 200.", "errorType": error})))
    assert read.kind is kind
    assert f"{error}: expected 200" in read.said


def test_exception_is_quoted_without_its_stack_trace():
    cause = json.dumps({"errorMessage": "total is -4", "errorType": "AssertionError", "stackTrace": ["  File app.py"]})
    assert (
        read_answer(failure("AssertionError", cause)).said == "unhealthy, because it raised AssertionError: total is -4"
    )


@pytest.mark.parametrize(
    ("returned", "kind", "said"),
    [
        ({"verdict": "unhealthy", "reason": ["5 of 40 failed"]}, Kind.UNHEALTHY, 'unhealthy (["5 of 40 failed"])'),
        ({"verdict": "unhealthy", "reason": None}, Kind.UNHEALTHY, "unhealthy"),
        ({"verdict": "unhealthy", "again_in": "soon", "reason": "bad"}, Kind.UNHEALTHY, "unhealthy (bad)"),
        ({"verdict": "UNHEALTHY", "reason": "bad"}, Kind.UNHEALTHY, "unhealthy (bad)"),
        ({"verdict": "healthy", "reason": {"passed": 12}}, Kind.HEALTHY, 'healthy ({"passed": 12})'),
        ({"verdict": "inconclusive", "again_in": "soon"}, Kind.AGAIN, "inconclusive"),
    ],
)
def test_verdict_counts_whatever_else_is_wrong_with_the_answer(returned, kind, said):
    """P5: a hook that has found a fault is never without a verdict."""
    assert read_answer({"answer": json.dumps(returned)})[:2] == (kind, said)


@pytest.mark.parametrize("text", ["[" * 4_000 + "]" * 4_000, '{"verdict": "healthy"', "", "[1, 2"])
def test_text_that_is_no_json_that_can_be_read_is_an_error(text):
    """P12: an answer nested 4,000 levels deep fails no task, because it is a text until here."""
    read = read_answer({"answer": text})
    assert read.kind is Kind.ERROR
    assert len(read.said) < 400


def test_failure_of_the_map_state_is_named():
    read = read_answer({"Error": "States.DataLimitExceeded", "Cause": "The output is too large."})
    assert read[:2] == (Kind.ERROR, "its call failed (States.DataLimitExceeded: The output is too large)")


@pytest.mark.parametrize("result", [None, {}, [], "x", {"failure": 4}, {"failure": {}}, {"answer": 4}])
def test_result_that_no_call_has_is_an_error(result):
    """P12: whatever a redrive or an edit leaves there."""
    assert read_answer(result).kind is Kind.ERROR


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["verdict", "again_in", "reason"]) | st.text(), inner)
    ),
    max_leaves=8,
)


@given(result=_JSON, wrapped=st.sampled_from(["answer", "failure", "neither"]))
def test_any_json_is_read(result, wrapped):
    """P12: and only nothing, or the word healthy, is health (P5)."""
    read = read_answer({wrapped: json.dumps(result) if wrapped == "answer" else result})
    assert len(read.said) <= MAX_SENTENCE_LENGTH
    if read.kind is Kind.HEALTHY:
        assert wrapped == "answer"
        assert result is None or result["verdict"].lower() == "healthy"
