"""Finds published versions of opted-in functions that no event started, and starts their rollouts (P8)."""

from collections.abc import Iterator
from datetime import datetime

from rollout.admission.events.version_event import execution_input, execution_name
from rollout.admission.refusals.of_request import latest_refusals
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.dynamodb.release_groups import release_groups
from rollout.aws.dynamodb.sweeps.sightings import sightings
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.lambda_.functions import lookup
from rollout.aws.lambda_.tagged_functions import TaggedAlias, tagged_functions
from rollout.aws.lambda_.versions import versions_of
from rollout.aws.settings import home
from rollout.aws.step_functions import executions
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import is_version
from rollout.lifecycle.guardian.missed_versions import Candidate, Sighting, ended_without_answer, sighting_of
from rollout.tasks.guardian.target_sweep import TargetSweep


def start_missed_versions(sweep: TargetSweep, member_account: AccountRegion | None, now: datetime) -> Iterator[str]:
    """Start the rollout of each missed version, and yield the execution's name; `sweep` reports what fails.

    Without a member account, the versions of the orchestrator's own account and region.
    """
    account_region = member_account or home()
    aliases: list[TaggedAlias] = []
    with sweep.isolate(f"the opted-in functions of {account_region}"):
        aliases += tagged_functions(account_region).aliases()
    yield from sweep.treat_each(
        f"versions/{account_region.account}/{account_region.region}",
        # Without a value, only a person starts the release.
        ((each.target.name, each) for each in aliases if each.release != ""),
        lambda each: start_missed_version(each.target, now, each.release),
    )


def start_missed_version(target: Target, now: datetime, release: str | None = None) -> Iterator[str]:
    """Start the rollout of an alias's missed version, and yield the execution's name; nothing where there is none.

    Where the version belongs to the release of a tag's value, it waits for that, and the next sweep of aliases checks
    whether it was the last one. Raises AliasServesLatestError or AwsUnavailableError.
    """
    known = _known(target)
    candidate = _candidate(target, known, now)
    if candidate is None:
        return
    candidate = candidate.model_copy(update={"waits_for_release": _waits(target, candidate, known, release)})
    seen = sighting_of(known, candidate, now)
    if seen.is_missed(candidate, now) and ledger().has_rollout_of(target, candidate.version):
        seen = Sighting(settled=candidate.version, seen_at=now)
    if seen != known:
        sightings().save(target, seen.model_dump_json())
    if not seen.is_missed(candidate, now):
        return
    if release:
        release_groups().wait(release, target, candidate.version, now)
    else:
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


def _waits(target: Target, candidate: Candidate, known: Sighting | None, release: str | None) -> bool:
    """Whether a version that an earlier sweep saw waits for a release: read only where the sweeps may give it up."""
    if not release or known is None or known.waiting != candidate.version:
        return False
    return release_groups().find(target.account_region, release).is_waiting(target, candidate.version)


def _known(target: Target) -> Sighting | None:
    remembered = sightings().find(target)
    return Sighting.model_validate_json(remembered) if remembered else None


def _candidate(target: Target, known: Sighting | None, now: datetime) -> Candidate | None:
    """Return the newest version and what the alias serves; None without an alias, which has nothing to compare with.

    Raises AliasServesLatestError, or UnknownFunctionError where the function was deleted.
    """
    alias = alias_of(target).find()
    if alias is None:
        lookup(target.account_region, target.function).require()  # a deleted function has no alias either
        return None
    numbers = filter(is_version, [alias.version, known.newest if known else "0"])
    newest = versions_of(target).find_newest_from(max(numbers, key=int))
    for refusal in latest_refusals(target, alias, newest.version if newest else None):
        raise refusal
    if newest is None:
        return None
    candidate = Candidate(**dict(newest), served=alias.version, is_busy=bool(alias.shares))
    return candidate.model_copy(update={"is_busy": candidate.is_busy or _is_at_work(candidate, target, now)})


def _is_at_work(candidate: Candidate, target: Target, now: datetime) -> bool:
    """Whether a rollout holds the alias's lock, or an execution of any name waits to roll out this version."""
    if candidate.is_served:
        return False
    if locks().find(target):
        return True
    queued = queue().find(target)
    return queued is not None and queued.version == candidate.version and queued.is_waiting_at(now)
