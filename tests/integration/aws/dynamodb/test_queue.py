"""Tests of the queue: each alias has at most one queued version, the newest."""

import pytest

from rollout.aws.dynamodb.queue import queue
from rollout.domain.identity import Execution
from rollout.state.lock import QueuedVersion
from tests.integration.conftest import NOW
from tests.samples import EXECUTION, TARGET

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
