"""The reasons to refuse a request, gathered, so that a person can mend all of it at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rollout.domain.errors import RefusedError


class RefusalList:
    """What speaks against a request, as far as it is known by now."""

    def __init__(self) -> None:
        self._met: list[RefusedError] = []

    def __iter__(self) -> Iterator[RefusedError]:
        return iter(self._met)

    def __bool__(self) -> bool:
        return bool(self._met)

    def add(self, refusal: RefusedError) -> None:
        """Take up one reason more."""
        self._met.append(refusal)

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Take up the refusal that is raised inside, and go on behind it."""
        try:
            yield
        except RefusedError as refusal:
            self.add(refusal)


def combine_refusals(refusals: Sequence[RefusedError]) -> RefusedError:
    """Return one refusal of the first one's kind that says them all, and keeps each as one of its `reasons`."""
    joined = type(refusals[0])(" ".join(str(refusal) for refusal in refusals))
    joined.reasons = tuple(refusals)
    return joined
