"""Collects the reasons to refuse a request, so that the operator can fix all of them at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rollout.domain.errors import RefusedError
from rollout.domain.text import MAX_SENTENCE_LENGTH, join_within, shorten

_MAX_LENGTH = MAX_SENTENCE_LENGTH - 100
"""The room for the sentences, in characters; the rest is for the number of those that do not fit."""

_MIN_SHARE = 500


class RefusalList:
    """The refusals of a request so far."""

    def __init__(self) -> None:
        self._refusals: list[RefusedError] = []

    def __iter__(self) -> Iterator[RefusedError]:
        return iter(self._refusals)

    def __bool__(self) -> bool:
        return bool(self._refusals)

    def add(self, refusal: RefusedError) -> None:
        """Append a refusal."""
        self._refusals.append(refusal)

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Append a RefusedError that the block raises, and continue after the block."""
        try:
            yield
        except RefusedError as refusal:
            self.add(refusal)


def combine_refusals(refusals: Sequence[RefusedError]) -> RefusedError:
    """Return a refusal of the first one's class with the sentences of all of them, and each one in its `reasons`.

    Long sentences are shortened, and those that do not fit into a Cause are counted.
    """
    each = max(_MAX_LENGTH // len(refusals), _MIN_SHARE)
    sentences = [shorten(str(refusal), each) for refusal in refusals]
    combined = type(refusals[0])(join_within(sentences, " ", "reason", _MAX_LENGTH))
    combined.reasons = tuple(refusals)
    return combined
