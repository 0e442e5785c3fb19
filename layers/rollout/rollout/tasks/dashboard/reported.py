"""Finds an ended rollout in the ledger, with everything that its report shows."""

from datetime import datetime
from typing import NamedTuple

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.shown_rollouts import shown_rollouts
from rollout.dashboard.detail import LedgerRecords
from rollout.dashboard.entries import read_rollouts
from rollout.dashboard.report.choose import choose
from rollout.dashboard.report.named import NamedRollout
from rollout.tasks.commands.history import starter_of

MOST_READ = 100
"""How many of the newest rollouts of an alias, or of the last endings of the stack, are looked through."""


class Reported(NamedTuple):
    """What the ledger has of one ended rollout."""

    records: LedgerRecords
    started_by: str


def find_reported(named: NamedRollout, now: datetime) -> Reported:
    """Return what the ledger has of the newest ended rollout that is meant.

    Raises NoSuchRolloutError, or AwsUnavailableError where the ledger cannot be read.
    """
    shown = shown_rollouts()
    endings = read_rollouts(shown.find_endings(MOST_READ))
    newest = read_rollouts(ledger().last_rollouts(named.target, MOST_READ)) if named.target else endings
    chosen = choose(named, newest, endings)
    entry = shown.find_rollout(chosen.target, chosen.entry)
    records = LedgerRecords(
        entry=entry,
        lock=None,
        evaluations=shown.find_evaluations(chosen.target, chosen.entry),
        commands=shown.find_commands(chosen.target, chosen.execution_arn),
    )
    return Reported(records, starter_of(chosen.alias, entry, now))
