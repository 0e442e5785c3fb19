"""Whether the canary gets its share of the alias's calls: Lambda counts no call that it refuses to run.

Only closed minutes count, because a version whose calls take longer is counted later.
"""

import math
from bisect import bisect_left

from rollout.domain.enums import Mode
from rollout.domain.models import Value
from rollout.evidence.missing_share import missing_minutes, missing_share_log_evidence
from rollout.judging.observation import Observation
from rollout.judging.shares import shared_minutes
from rollout.judging.wording import format_missing_share
from rollout.policy.criteria import Criteria

PART_OF_FALSE_ROLLBACKS = 10
"""The limit is this many times the evidence limit, so this test adds at most a tenth of `false_rollback_percent`."""


class MissingShare(Value):
    """Proof that the canary does not get its share of the calls."""

    sentence: str
    is_critical: bool


def missing_share(observation: Observation, criteria: Criteria) -> MissingShare | None:
    """Return the proof that the canary's calls are missing; None without proof, and during the bake."""
    minutes = observation.calls.minutes
    closed = minutes[: bisect_left(minutes, observation.closed_until, key=lambda minute: minute.start)]
    shared = shared_minutes(closed, observation.shares)
    log_evidence = missing_share_log_evidence(shared)
    limit = PART_OF_FALSE_ROLLBACKS * criteria.evidence_limit
    if log_evidence < math.log(limit):
        return None
    sentence = format_missing_share(missing_minutes(shared), log_evidence, limit)
    return MissingShare(sentence=sentence, is_critical=criteria.guards.missing_share is Mode.CRITICAL)
