"""The claim: the one rollout that may write an alias, and what becomes of others that come meanwhile."""

from datetime import datetime
from typing import assert_never

from pydantic import Field

from rollout.errors import AliasClaimedError
from rollout.models import Rollout
from rollout.place import Execution, Target
from rollout.policy import OnNewerVersion, Policy
from rollout.value import Value
from rollout.words import Phase, Start

LONGEST_WAIT_SECONDS = 900
"""A version that waits for its turn asks again after a tenth of the time it has waited, and this at the latest."""

SILENT_SECONDS = 2 * LONGEST_WAIT_SECONDS
"""A waiting version that has not asked for so long waits no more: somebody stopped it."""


class Intent(Value):
    """What a rollout is about to write: a version, and percents of another one."""

    version: str
    shares: dict[str, float] = Field(default_factory=dict)


class Claim(Value):
    """Who holds an alias, and what the alias may look like by its hand."""

    target: Target
    holder: Execution
    stable_version: str
    canary_version: str
    revision_id: str
    """The alias as the holder last knew it."""
    writing: Intent | None = None
    """What it announced to write; whether it was written, only the alias tells."""
    promoting: bool = False
    """Whether a promotion was announced, so that the alias may serve the canary alone by the holder's hand."""
    is_seized: bool = False
    """Whether the guardian has taken it away from its holder."""
    superseded_by: str = ""
    """The version for which the holder is to be taken back."""

    def belongs_to(self, execution_arn: str) -> bool:
        """Whether this execution may write the alias."""
        return self.holder.arn == execution_arn and not self.is_seized


class Waiting(Value):
    """The newest version that waits for an alias."""

    version: str
    holder: Execution
    seen_at: datetime

    def waits_at(self, now: datetime) -> bool:
        """Whether it still asks for its turn."""
        return (now - self.seen_at).total_seconds() < SILENT_SECONDS


class Turn(Value):
    """What becomes of a request that meets another one's claim, and the sentence for it."""

    start: Start
    reason: str


def turn(version: str, policy: Policy, mine: Execution, claim: Claim | None, waiting: Waiting | None) -> Turn | None:
    """Return what keeps a version from beginning now; None where nothing does. Raises AliasClaimedError.

    Versions are numbers that only rise, so the newest one is what everybody wants in the end; older ones end as
    overtaken.
    """
    if waiting and waiting.holder.arn != mine.arn and int(waiting.version) > int(version):
        return _overtaken(version, f"version {waiting.version} waits for its turn (execution {waiting.holder.name})")
    if claim is None or claim.belongs_to(mine.arn):
        return None
    held = f"execution {claim.holder.name} is rolling out version {claim.canary_version} on {claim.target.name}"
    if int(claim.canary_version) >= int(version):
        return _overtaken(version, held)
    return _behind(version, policy.on_newer_version, held)


def _behind(version: str, choice: OnNewerVersion, held: str) -> Turn:
    match choice:
        case OnNewerVersion.REFUSE:
            raise AliasClaimedError(f"{held}, and on_newer_version is refuse: start again when it has ended.")
        case OnNewerVersion.SUPERSEDE:
            return Turn(start=Start.QUEUE, reason=f"{held}; it is asked to take that back, and version {version} waits")
        case OnNewerVersion.QUEUE:
            return Turn(start=Start.QUEUE, reason=f"{held}; version {version} waits for its turn")
        case unknown:
            assert_never(unknown)


def claim_of(rollout: Rollout, writing: Intent | None = None) -> Claim:
    """Return the claim of a rollout that is about to write this; nothing, before its first write."""
    is_promotion = writing is not None and writing.version == rollout.canary_version
    return Claim(
        target=rollout.target,
        holder=rollout.execution,
        stable_version=rollout.stable_version,
        canary_version=rollout.canary_version,
        revision_id=rollout.revision_id,
        writing=writing,
        promoting=is_promotion or rollout.phase is Phase.BAKE,
    )


def _overtaken(version: str, by: str) -> Turn:
    return Turn(start=Start.NOTHING_TO_DO, reason=f"nothing is left to do for version {version}: {by}")


def seconds_to_next_try(rollout: Rollout, now: datetime) -> int:
    """Return how long a waiting version waits before it asks again: a tenth of the time it has waited so far."""
    waited = (now - rollout.execution.started_at).total_seconds()
    return round(min(max(waited / 10, rollout.policy.look_every), LONGEST_WAIT_SECONDS))
