"""Finds the versions of opted-in functions that no event told us of, and starts their rollouts (P8)."""

from collections.abc import Iterator
from datetime import datetime

from rollout.admission.version_event import execution_input, execution_name
from rollout.aws.lambda_.tagged_functions import TaggedFunctions
from rollout.aws.wiring import alias_of, executions, ledger, locks, lookup
from rollout.domain.identity import Target
from rollout.lifecycle.missed_versions import Candidate, is_missed, was_lost


def start_missed(tagged_functions: TaggedFunctions, now: datetime) -> Iterator[str]:
    """Start the rollout of each version that was missed, and yield its execution's name; raises AwsUnavailableError."""
    for target in tagged_functions.targets():
        found = _candidate(target)
        if found and is_missed(found, now) and not _is_known(target, found.version):
            yield from _started(target, found.version, now)


def _started(target: Target, version: str, now: datetime) -> Iterator[str]:
    """Start a version's one execution, or another where that one was lost before it began, once an hour."""
    for again in ("", f"-{now:%m%d%H}"):
        name = execution_name(target, version, again)
        if executions().start_once(name, execution_input(target, version)):
            yield name
            return
        if not was_lost(*executions().ended(name)):
            return


def _candidate(target: Target) -> Candidate | None:
    newest = lookup(target.account_region, target.function).newest()
    if newest is None:
        return None
    version, published_at = newest
    alias = alias_of(target).find()
    return Candidate(
        version=version,
        published_at=published_at,
        served=alias.version if alias else None,
        is_shared=bool(alias and alias.shares),
    )


def _is_known(target: Target, version: str) -> bool:
    return locks().find(target) is not None or ledger().knows(target, version)
