"""Finds published versions of opted-in functions that no event started, and starts their rollouts (P8)."""

from collections.abc import Iterator
from datetime import datetime

from rollout.admission.version_event import execution_input, execution_name
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.lambda_.functions import lookup
from rollout.aws.lambda_.tagged_functions import tagged_functions
from rollout.aws.step_functions import executions
from rollout.domain.identity import AccountRegion, Target
from rollout.lifecycle.missed_versions import Candidate, ended_without_answer, is_missed
from rollout.tasks.target_sweep import TargetSweep


def start_missed_versions(sweep: TargetSweep, account_region: AccountRegion, now: datetime) -> Iterator[str]:
    """Start the rollout of each missed version, and yield the execution's name; `sweep` reports what fails."""
    targets: list[Target] = []
    with sweep.isolate(f"the opted-in functions of {account_region}"):
        targets += tagged_functions(account_region).targets()
    yield from sweep.treat_each(
        f"versions/{account_region.account}/{account_region.region}",
        ((target.name, target) for target in targets),
        lambda target: _start_missed_version(target, now),
    )


def _start_missed_version(target: Target, now: datetime) -> Iterator[str]:
    candidate = _candidate(target)
    if candidate and is_missed(candidate, now) and not _has_rollout(target, candidate.version):
        yield from _start(target, candidate.version, now)


def _start(target: Target, version: str, now: datetime) -> Iterator[str]:
    """Start the execution of a version; where it failed without an answer, start another one, at most once an hour."""
    for suffix in ("", f"-{now:%m%d%H}"):
        name = execution_name(target, version, suffix)
        if executions().start_once(name, execution_input(target, version)):
            yield name
            return
        if not ended_without_answer(*executions().find_result(name)):
            return


def _candidate(target: Target) -> Candidate | None:
    newest = lookup(target.account_region, target.function).find_newest()
    if newest is None:
        return None
    version, published_at = newest
    alias = alias_of(target).find()
    return Candidate(
        version=version,
        published_at=published_at,
        served=alias.version if alias else None,
        is_split=bool(alias and alias.shares),
    )


def _has_rollout(target: Target, version: str) -> bool:
    return locks().find(target) is not None or ledger().has_rollout_of(target, version)
