"""The order in which the parts of a release get their first share and are promoted."""

from collections.abc import Iterator, Mapping, Sequence

from rollout.domain.text import format_names


def levels(after: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the parts in the order of their promotion; those of one list do not wait for each other.

    Parts of a circle are left out, with those that come after it.
    """
    ordered: list[list[str]] = []
    done: set[str] = set()
    while level := [name for name in after if name not in done and {*after[name]} <= done]:
        ordered.append(level)
        done |= {*level}
    return ordered


def broken_order(after: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield what is wrong with the order: parts that do not exist, and circles."""
    for name, others in after.items():
        if unknown := [other for other in others if other not in after]:
            yield f"{name} comes after {format_names(unknown)}, which functions does not have: write the same name"
    known = {name: [other for other in others if other in after] for name, others in after.items()}
    ordered = {name for level in levels(known) for name in level}
    if circle := [name for name in known if name not in ordered]:
        yield f"after has a circle, so none of these can be first: {format_names(circle)}"
