"""Evaluates a rollout, and reads its alias where that is due, where another writer moved it, or where it is needed."""

from datetime import datetime
from typing import NamedTuple

from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.sweeps.live_counts import live_counts
from rollout.aws.powertools import logger
from rollout.aws.settings import longest_alias_read_seconds, timing
from rollout.domain.errors import RolloutError
from rollout.domain.identity import Target
from rollout.judging.observation import Observation
from rollout.lifecycle.beat.alias_reads import is_alias_due, needs_alias, with_next_read, with_reads
from rollout.lifecycle.beat.live_count import LiveCount
from rollout.lifecycle.evaluate import Surroundings, evaluate
from rollout.lifecycle.ownership import Ownership
from rollout.state.hold import Hold
from rollout.state.lock import Lock
from rollout.state.releases.release import ReleaseState
from rollout.state.rollout import Rollout
from rollout.tasks.evaluation.surroundings import find_missing_tag, ownership_of
from rollout.tasks.find_hold import hold_of
from rollout.tasks.releases.participation import find_release, has_progressed


class Evaluation(NamedTuple):
    """An evaluated rollout, and the lock of its alias as the evaluation read it; None without one."""

    rollout: Rollout
    lock: Lock | None
    release: ReleaseState | None = None
    """The release that it is a part of, as the evaluation read it."""


def evaluate_rollout(rollout: Rollout, observation: Observation | None, now: datetime) -> Evaluation:
    """Return the rollout with its judgement and its next move; raises AwsUnavailableError.

    A decision that gives traffic or ends the rollout is made with the alias read, and so is one that finds the lock
    lost, or on which the other functions of a release rely. The tags are read with the alias.
    """
    hold, release = hold_of(rollout, now), find_release(rollout)
    if not is_alias_due(rollout, now):
        lock = locks().find(rollout.target)
        if lock and _is_as_seen(rollout, lock):
            unread = Ownership(alias=None, is_alias_read=False, lock=lock)
            found = Surroundings(ownership=unread, hold=hold, release=release)
            decided = evaluate(rollout, observation, found, now, timing())
            if not needs_alias(decided) and not has_progressed(decided, release):
                return Evaluation(decided, lock, release)
        # What this lock says of moves was reported before the alias is read below.
        rollout = with_reads(rollout, moves_seen=lock.moves if lock else 0)
    return _with_alias(rollout, observation, hold, release, now)


def find_live_beside(target: Target, now: datetime) -> int:
    """Return how many rollouts are live in the target's account and region; 0 for few, and where it is not known."""
    try:
        counted = live_counts().find(target.account_region)
    except RolloutError as error:
        logger.warning("Live rollouts not read", target=target.name, error=str(error))
        return 0
    return LiveCount(count=counted[0], at=counted[1]).valid_at(now) if counted else 0


def _is_as_seen(rollout: Rollout, lock: Lock) -> bool:
    return lock.belongs_to(rollout.execution.arn) and lock.moves == rollout.alias_reads.moves_seen


def _with_alias(
    rollout: Rollout, observation: Observation | None, hold: Hold | None, release: ReleaseState | None, now: datetime
) -> Evaluation:
    rollout = with_next_read(rollout, find_live_beside(rollout.target, now), now, longest_alias_read_seconds())
    ownership = ownership_of(rollout)
    found = Surroundings(missing_tag=find_missing_tag(rollout), ownership=ownership, hold=hold, release=release)
    return Evaluation(evaluate(rollout, observation, found, now, timing()), ownership.lock, release)
