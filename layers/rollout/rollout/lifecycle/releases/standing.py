"""Words where a release stands that is promoted or has failed, while some of its rollouts have not ended."""

from collections import Counter
from datetime import datetime

from rollout.domain.text import format_names
from rollout.lifecycle.releases.judge import is_over, release_sentence
from rollout.state.releases.release import Release, ReleaseState, ReleaseStatus

_NEXT = {
    ReleaseStatus.PROMOTED: "They stay promoted",
    ReleaseStatus.FAILED: "Their functions return to their old versions at their next evaluations, unless a person has"
    " frozen them",
}
_CLOSED_LATER = (
    "The release is closed when the last of them has ended, and then an event and a notification report how each one"
    " ended: where the execution of the release has ended, the guardian does so, which looks every five minutes"
)


def format_standing(release: Release, state: ReleaseState, now: datetime) -> str:
    """Return where a decided release stands and what happens next, as a sentence; for one that is over, its ending."""
    if is_over(state, now):
        return release_sentence(release, state)
    running = [part.function for number, part in enumerate(release.parts) if number not in state.endings]
    counts = Counter(ending.outcome.replace("_", " ") for ending in state.endings.values())
    ended = "".join(f", {count} ended as {outcome}" for outcome, count in counts.items())
    decided = "was promoted" if state.status is ReleaseStatus.PROMOTED else "has failed"
    failed = f". It failed because {state.failure}" if state.failure else ""
    return (
        f"the release {release.name} {decided}, and {len(running)} of {state.size} rollouts"
        f" {'has' if len(running) == 1 else 'have'} not ended yet{ended}: {format_names(running)}."
        f" {_NEXT[state.status]}. {_CLOSED_LATER}{failed}"
    )
