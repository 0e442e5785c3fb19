"""Decides whether a version begins now, waits in the queue, or is superseded by a newer version."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from rollout.admission.facts import FunctionFacts
from rollout.domain.durations import format_duration
from rollout.domain.enums import OnNewerVersion, Start
from rollout.domain.errors import AliasLockedError
from rollout.domain.identity import Execution
from rollout.domain.models import Value
from rollout.policy.policy import Policy
from rollout.state.lock import LONGEST_WAIT_SECONDS, Lock, QueuedVersion
from rollout.state.rollout import Rollout, Waiting

ALIAS_WAIT_SECONDS = 300
"""How long a version waits for an alias that is missing: some tools delete it and create it again."""

ALIAS_INTERVAL_SECONDS = 20
"""The time between two tries while the alias is missing."""


class QueueDecision(Value):
    """What happens to a version that cannot begin now, and the reason as a sentence."""

    start: Start
    reason: str
    held_until: datetime | None = None
    """When the version begins at the latest; None where that is not known."""


def queue_decision(
    version: str, policy: Policy, execution: Execution, lock: Lock | None, queued: QueuedVersion | None
) -> QueueDecision | None:
    """Return why the version cannot begin now; None when it can. Raises AliasLockedError if the policy refuses to wait.

    Version numbers only rise, and the newest version is the one to serve in the end. So an older version has nothing
    to do while a newer one waits or is rolled out.
    """
    if queued and queued.holder.arn != execution.arn and int(queued.version) > int(version):
        return _superseded(version, f"version {queued.version} waits for its turn (execution {queued.holder.name})")
    if lock is None or lock.belongs_to(execution.arn):
        return None
    holder = f"execution {lock.holder.name} is rolling out version {lock.canary_version} on {lock.target.name}"
    if int(lock.canary_version) >= int(version):
        return _superseded(version, holder)
    return _wait_or_refuse(version, policy.on_newer_version, holder)


def back_refusals(execution: Execution, lock: Lock | None) -> Iterator[AliasLockedError]:
    """Yield the reason why an alias cannot return now: a rollout that runs already has a version to return to."""
    if lock and not lock.belongs_to(execution.arn):
        yield AliasLockedError(
            f"execution {lock.holder.name} is rolling out version {lock.canary_version} on {lock.target.name}: give it"
            f" the command abort, which returns to version {lock.stable_version}, or start again when it has ended."
        )


def _wait_or_refuse(version: str, on_newer_version: OnNewerVersion, holder: str) -> QueueDecision:
    match on_newer_version:
        case OnNewerVersion.REFUSE:
            raise AliasLockedError(f"{holder}, and on_newer_version is refuse: start again when it has ended.")
        case OnNewerVersion.SUPERSEDE:
            return QueueDecision(
                start=Start.QUEUE, reason=f"{holder} and has to roll back first; version {version} waits for its turn"
            )
        case OnNewerVersion.QUEUE:
            return QueueDecision(start=Start.QUEUE, reason=f"{holder}; version {version} waits for its turn")
        case unknown:
            assert_never(unknown)


def _superseded(version: str, cause: str) -> QueueDecision:
    return QueueDecision(start=Start.NOTHING_TO_DO, reason=f"there is nothing to do for version {version}: {cause}")


def alias_decision(facts: FunctionFacts) -> QueueDecision | None:
    """Return that the version waits for an alias that is missing; None where there is nothing to wait for."""
    if not facts.is_alias_missing:
        return None
    return QueueDecision(
        start=Start.QUEUE,
        reason=f"{facts.target.name} does not exist, but had rollouts: the version waits at most"
        f" {format_duration(ALIAS_WAIT_SECONDS)} for it",
    )


def hold_decision(facts: FunctionFacts) -> QueueDecision | None:
    """Return that the version waits until a freeze or a closed window ends; None where it may begin.

    An alias that does not exist yet is created all the same: it has no callers.
    """
    if facts.hold is None or facts.alias is None or facts.is_first_version:
        return None
    version = facts.canary.version if facts.canary else ""
    reason = f"version {version} waits, because {facts.hold.reason}; it begins by itself afterwards"
    return QueueDecision(start=Start.QUEUE, reason=reason, held_until=facts.hold.until)


def after_try(rollout: Rollout, now: datetime) -> Waiting:
    """Return what the execution knows after a try at which its version has to wait."""
    missing_since = None if rollout.revision_id else rollout.waiting.alias_missing_since or now
    return Waiting(tries=rollout.waiting.tries + 1, alias_missing_since=missing_since)


def seconds_to_next_attempt(rollout: Rollout, now: datetime) -> int:
    """Return how long a queued version waits before its next attempt: a tenth of the time it has waited so far.

    It waits no longer than a freeze or a closed window.
    """
    waited = (now - rollout.execution.started_at).total_seconds()
    seconds = round(min(max(waited / 10, rollout.policy.interval), LONGEST_WAIT_SECONDS))
    if rollout.held_until is None:
        return seconds
    return max(min(seconds, math.ceil((rollout.held_until - now).total_seconds())), 1)
