"""Each screenshot belongs to a moment of the demo."""

from datetime import UTC, datetime

import pytest

from sandbox.dashboard.screenshots import moment_of, photographing
from sandbox.demo.watch import Snapshot, VersionTraffic
from sandbox.server import SandboxError

AT = datetime(2026, 1, 1, tzinfo=UTC)
HEALTHY = {"judgement": {"verdict": "healthy"}}
GATE = HEALTHY | {"gate": {"is_published": True}}


def snapshot(state="WaitForMetrics", status="RUNNING", percent=50, **document):
    return Snapshot(AT, state, status, document, canary=VersionTraffic("2", percent))


@pytest.mark.parametrize(
    ("seen", "moment"),
    [
        (snapshot(**HEALTHY), "healthy"),
        (snapshot(percent=10, **HEALTHY), ""),
        (snapshot(judgement={"verdict": "inconclusive"}), ""),
        (snapshot(judgement=None), ""),
        (snapshot(**GATE), "approval"),
        (snapshot(**HEALTHY, gate={"is_published": False}), "healthy"),
        (snapshot(status="SUCCEEDED", percent=100, **GATE), ""),
        (snapshot(state="RolloutRolledBack", status="FAILED", percent=0), "rolled-back"),
        (Snapshot(AT, "Starting", "RUNNING"), ""),
    ],
)
def test_moment_follows_from_the_rollout(seen, moment):
    assert moment_of(seen) == moment


def test_without_a_folder_nothing_is_opened(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with photographing("http://127.0.0.1:1/", None) as see:
        see(snapshot(**HEALTHY))


def test_missing_browser_is_reported_with_the_command_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxError, match="apt-get install chromium chromium-driver"), photographing("", tmp_path):
        pass
