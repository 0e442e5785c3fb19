"""Tests of the queue: each alias has at most one queued version, the newest."""

import pytest

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.queue import queue
from rollout.aws.dynamodb.sweeps.open_rollouts import open_rollouts
from rollout.domain.identity import Execution
from rollout.state.lock import QueuedVersion
from tests.integration.conftest import NOW
from tests.samples import EXECUTION, TARGET, rollout

OTHER = Execution(arn=f"{EXECUTION.arn}-other", name="my-api-other", started_at=NOW)

pytestmark = pytest.mark.usefixtures("ledger")


def test_newer_version_replaces_queued_version():
    for version, holder in (("5", OTHER), ("6", EXECUTION)):
        queue().join(TARGET, QueuedVersion(version=version, holder=holder, seen_at=NOW))
    assert queue().find(TARGET) == QueuedVersion(version="6", holder=EXECUTION, seen_at=NOW)


def test_execution_removes_only_its_own_queued_version():
    queue().join(TARGET, QueuedVersion(version="6", holder=EXECUTION, seen_at=NOW))
    queue().leave(TARGET, OTHER)
    assert queue().find(TARGET)
    queue().leave(TARGET, EXECUTION)
    assert queue().find(TARGET) is None


def test_every_queued_version_is_found_and_no_running_rollout():
    """The dashboard's index holds both."""
    ledger().open(rollout(), NOW)
    queue().join(TARGET, QueuedVersion(version="6", holder=OTHER, seen_at=NOW))
    assert [entry.read() for entry in queue().find_all()] == [(TARGET, OTHER)]
    assert [entry.read().execution for entry in open_rollouts().find_all()] == [EXECUTION]
