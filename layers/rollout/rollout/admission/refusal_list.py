"""Collects the reasons to refuse a request, so that the operator can fix all of them at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rollout.domain.errors import RefusedError


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
    """Return a refusal of the first one's class with the sentences of all of them, and each one in its `reasons`."""
    combined = type(refusals[0])(" ".join(str(refusal) for refusal in refusals))
    combined.reasons = tuple(refusals)
    return combined
