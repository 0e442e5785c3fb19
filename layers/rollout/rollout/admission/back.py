"""Finds the version that an alias returns to, and what the ledger has against a version."""

from collections.abc import Sequence
from itertools import takewhile

from rollout.domain.enums import Outcome
from rollout.domain.errors import NoEarlierVersionError
from rollout.domain.identity import Target
from rollout.domain.text import format_minute, shorten
from rollout.state.alias import AliasState
from rollout.state.past_rollout import PastRollout

_STOPS = (Outcome.ROLLED_BACK, Outcome.ROLLBACK_FAILED, Outcome.REJECTED)
"""The outcomes of a rollout after which the alias does not serve its canary."""


def earlier_version(history: Sequence[PastRollout], served: str) -> str | None:
    """Return the version that an alias served before `served` and that no rollout has found to be unhealthy since.

    `history` has the rollouts of the alias, the newest first. None where it names no such version.
    """
    refused = {served}
    for past in history:
        refused |= _withdrawn(past)
        if past.is_promoted:
            earlier = [version for version in (past.canary_version, past.stable_version) if version not in refused]
            if earlier:
                return earlier[0]
    return None


def no_earlier_version(
    target: Target, alias: AliasState | None, history: Sequence[PastRollout]
) -> NoEarlierVersionError:
    """Return the refusal of a request to return where no version is known, with what the ledger has against each."""
    if alias is None:
        return NoEarlierVersionError(f"{target.name} does not exist, so there is nothing to return from: create it.")
    versions = dict.fromkeys(version for past in history for version in (past.canary_version, past.stable_version))
    against = [*filter(None, (objection(history, version) for version in versions if version != alias.version))]
    known = f" The ledger has against the others: {'; '.join(against)}." if against else ""
    return NoEarlierVersionError(
        shorten(
            f"{target.name} serves version {alias.version}, and the ledger knows no version that it served before and"
            f' that was not withdrawn.{known} To return to a version all the same, name it with "back_to".'
        )
    )


def objection(history: Sequence[PastRollout], version: str) -> str:
    """Return a sentence part that says when and why a version was last withdrawn, or else stopped.

    Empty for a version that was neither, or that was promoted since.
    """
    since = takewhile(lambda past: not (past.is_promoted and past.canary_version == version), history)
    stops = [past for past in since if version in _stopped(past)]
    past = next((past for past in stops if _withdrawn(past)), next(iter(stops), None))
    return _format_objection(past, version) if past else ""


def _withdrawn(past: PastRollout) -> set[str]:
    """Return the version that a rollout withdrew: its unhealthy canary, or the one that a person returned from."""
    return set() if past.is_stopped_from_outside else _stopped(past)


def _stopped(past: PastRollout) -> set[str]:
    """Return the version that a rollout withdrew, or whose rollout was stopped for any other reason."""
    if past.is_promoted:
        return {past.stable_version} if past.is_back else set()
    return {past.canary_version} if past.outcome in _STOPS else set()


def _format_objection(past: PastRollout, version: str) -> str:
    at = format_minute(past.started_at)
    if past.is_promoted:
        return f"version {version} was withdrawn for version {past.canary_version} by the rollout of {at}"
    what = "stopped before traffic" if past.outcome is Outcome.REJECTED else "rolled back"
    return f"version {version} was {what} by the rollout of {at}: {past.reason.rstrip('.')}"
