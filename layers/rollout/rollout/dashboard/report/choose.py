"""Chooses the ended rollout that is meant from the ledger's entries, or says what there is instead."""

from collections.abc import Sequence

from rollout.dashboard.entries import RolloutEntry
from rollout.dashboard.report.named import NamedRollout, NoSuchRolloutError
from rollout.domain.text import format_names


def choose(named: NamedRollout, entries: Sequence[RolloutEntry], others: Sequence[RolloutEntry]) -> RolloutEntry:
    """Return the first ended entry that is meant; `entries` are the newest ones of the alias, the newest first.

    `others` are the last ended ones of the stack, which an error names. Raises NoSuchRolloutError.
    """
    meant = [entry for entry in entries if named.is_meant(entry)]
    for entry in meant:
        if entry.ending:
            return entry
    if meant:
        raise NoSuchRolloutError(
            f"The rollout of {named.text} has not ended: version {meant[0].canary_version} runs in execution"
            f" {meant[0].execution_arn}. The dashboard shows it; write the report when it has ended."
        )
    raise NoSuchRolloutError(f"The ledger has no ended rollout of {named.text}{_found(entries)}.{_others(others)}")


def _found(entries: Sequence[RolloutEntry]) -> str:
    versions = dict.fromkeys(entry.canary_version for entry in entries if entry.canary_version)
    return f": of its newest {len(entries):,} rollouts the versions are {format_names(versions)}" if versions else ""


def _others(others: Sequence[RolloutEntry]) -> str:
    names = dict.fromkeys(f"{entry.alias.name} in {entry.alias.account_region}" for entry in others)
    if not names:
        return " No rollout of the stack has ended yet."
    return f" The last endings are of {format_names(names)}."
