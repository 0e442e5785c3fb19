"""A combined refusal has the sentence of every refusal and keeps each one."""

import pytest

from rollout.admission.refusals.combine import RefusalList, combine_refusals
from rollout.domain.errors import InvalidRequestError, NotOptedInError, RefusedError, UnknownVersionError

FIRST, SECOND = UnknownVersionError("There is no version 9."), NotOptedInError("It has no tag.")


def test_combined_refusal_has_the_first_class_and_every_sentence():
    refusal = combine_refusals([FIRST, SECOND])
    assert type(refusal) is UnknownVersionError
    assert str(refusal) == "There is no version 9. It has no tag."
    assert refusal.reasons == (FIRST, SECOND)


def test_collect_adds_a_refusal_and_continues():
    refusals = RefusalList()
    assert not refusals
    refusals.add(FIRST)
    with refusals.collect():
        raise SECOND
    with refusals.collect():
        pass
    assert refusals
    assert [*refusals] == [FIRST, SECOND]


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
def test_collect_lets_other_errors_pass(error):
    """P10."""
    refusals = RefusalList()
    with pytest.raises(type(error)), refusals.collect():
        raise error
    assert not refusals


def test_single_refusal_has_no_reasons():
    assert InvalidRequestError("no").reasons == RefusedError("no").reasons == ()
