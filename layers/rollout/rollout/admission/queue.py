"""Whether a version may begin now, waits for its turn, or has been overtaken by a newer one."""

from datetime import datetime
from typing import assert_never

from rollout.domain.enums import Start
from rollout.domain.errors import AliasClaimedError
from rollout.domain.identity import Execution
from rollout.domain.models import Value
from rollout.policy.policy import OnNewerVersion, Policy
from rollout.state.lock import LONGEST_WAIT_SECONDS, Claim, Waiting
from rollout.state.rollout import Rollout


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


def _overtaken(version: str, by: str) -> Turn:
    return Turn(start=Start.NOTHING_TO_DO, reason=f"nothing is left to do for version {version}: {by}")


def seconds_to_next_try(rollout: Rollout, now: datetime) -> int:
    """Return how long a waiting version waits before it asks again: a tenth of the time it has waited so far."""
    waited = (now - rollout.execution.started_at).total_seconds()
    return round(min(max(waited / 10, rollout.policy.look_every), LONGEST_WAIT_SECONDS))
