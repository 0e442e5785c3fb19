"""Tests of internal_errors: a defect becomes a sentence, and its stack trace stands in the log."""

from types import SimpleNamespace

import pytest

from rollout.aws.powertools import internal_errors
from rollout.domain.errors import AliasBusyError, InternalError

CONTEXT = SimpleNamespace(log_group_name="/aws/lambda/rollouts", aws_request_id="1-2-3")


def test_unexpected_exception_is_a_sentence_that_leads_to_the_log(log):
    """P10."""
    with pytest.raises(InternalError) as raised, internal_errors(CONTEXT, "nothing was touched"):
        _ = {}["missing"]
    assert str(raised.value) == (
        "internal error (KeyError), nothing was touched; log group /aws/lambda/rollouts, request id 1-2-3"
    )
    (record,) = log
    assert record.exc_info[0] is KeyError


def test_named_error_passes_through_unchanged():
    error = AliasBusyError("It is busy.")
    with pytest.raises(AliasBusyError) as raised, internal_errors(CONTEXT, "nothing was touched"):
        raise error
    assert raised.value is error
