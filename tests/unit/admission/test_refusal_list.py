"""Whoever is refused is told every reason, and each can be told from the others."""

import pytest

from rollout.admission.refusal_list import RefusalList, combine_refusals
from rollout.domain.errors import InvalidRequestError, NotOptedInError, RefusedError, UnknownVersionError

ONE, OTHER = UnknownVersionError("There is no version 9."), NotOptedInError("It has no tag.")


def test_the_first_reason_names_the_refusal_and_each_is_said_and_kept():
    refusal = combine_refusals([ONE, OTHER])
    assert type(refusal) is UnknownVersionError
    assert str(refusal) == "There is no version 9. It has no tag."
    assert refusal.reasons == (ONE, OTHER)


def test_a_refusal_is_taken_up_and_the_next_one_is_looked_for():
    reasons = RefusalList()
    assert not reasons
    reasons.add(ONE)
    with reasons.collect():
        raise OTHER
    with reasons.collect():
        pass
    assert reasons
    assert [*reasons] == [ONE, OTHER]


@pytest.mark.parametrize("trouble", [ValueError("a bug"), KeyboardInterrupt()])
def test_what_is_no_refusal_is_not_taken_for_one(trouble):
    """P10."""
    reasons = RefusalList()
    with pytest.raises(type(trouble)), reasons.collect():
        raise trouble
    assert not reasons


def test_a_refusal_by_itself_has_no_others():
    assert InvalidRequestError("no").reasons == RefusedError("no").reasons == ()
