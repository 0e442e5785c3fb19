"""Saves what the demo observed: the rollouts as JSON, and one moment of the live view as an SVG.

The JSON is a list with one object per rollout:

    [{"title": "version 2, which is healthy",
      "ending": "RolloutSucceeded",       # the last state of the execution
      "reason": "...",                    # the output's reason, or the Cause of a failed execution
      "samples": [{
          "at_seconds": 4.21,             # since the version was published
          "state": "WaitForMetrics",
          "canary_percent": 10.0,         # of the alias's traffic
          "stable": {"version": "1", "calls": 159, "errors": 0, "slow": 0},
          "canary": {"version": "2", "calls": 13, "errors": 0, "slow": 0},
          "evidence": 0.93,               # against the canary; 1 is no evidence
          "evidence_limit": 100.0}]}]     # at this evidence, the rollout rolls back

Calls, errors and slow calls are sums since the version was published; `slow` is null in a policy without a slow
metric. The first sample is the first one with a target: PrepareRollout has none yet.
"""

import io
import json
import re
from pathlib import Path
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from sandbox.demo.run import ObservedRollout
from sandbox.demo.view import PANEL_WIDTH, panel
from sandbox.demo.watch import Snapshot, VersionTraffic

# The picture loads nothing from the network: a viewer without the font uses its own monospaced one.
_SVG_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def save_record(rollouts: list[ObservedRollout], path: Path) -> None:
    """Write every sample of every rollout to this file."""
    path.write_text(json.dumps([_rollout(rollout) for rollout in rollouts]).replace('{"at', '\n{"at') + "\n")


def save_screenshot(rollouts: list[ObservedRollout], path: Path) -> None:
    """Write the live view as an SVG, at the moment with the most evidence against a failing canary."""
    rollout, snapshot = max(
        ((rollout, snapshot) for rollout in rollouts for snapshot in rollout.snapshots),
        key=lambda moment: _interest(moment[1]),
    )
    console = Console(record=True, file=io.StringIO(), width=PANEL_WIDTH, force_terminal=True, color_system="truecolor")
    console.print(panel(f"shop:live, version {rollout.version}", snapshot))
    console.save_svg(str(path), title="make demo", code_format=_SVG_FORMAT, unique_id="demo")


def _interest(snapshot: Snapshot) -> tuple[bool, float]:
    """Return a key that is greatest while both versions serve, calls fail and the evidence is high."""
    canary = snapshot.canary
    is_failing = canary is not None and 0 < canary.percent < 100 and canary.errors > 0  # noqa: PLR2004 - percent
    return is_failing, snapshot.evidence[0]


def _rollout(rollout: ObservedRollout) -> dict[str, Any]:
    samples = [_sample(rollout, snapshot) for snapshot in rollout.snapshots if snapshot.canary]
    return {"title": rollout.title, "ending": rollout.last.state, "reason": rollout.reason, "samples": samples}


def _sample(rollout: ObservedRollout, snapshot: Snapshot) -> dict[str, Any]:
    evidence, limit = snapshot.evidence
    return {
        "at_seconds": round((snapshot.at - rollout.published_at).total_seconds(), 2),
        "state": snapshot.state,
        "canary_percent": snapshot.canary.percent if snapshot.canary else 0,
        "stable": _traffic(snapshot.stable),
        "canary": _traffic(snapshot.canary),
        "evidence": evidence,
        "evidence_limit": limit,
    }


def _traffic(traffic: VersionTraffic | None) -> dict[str, Any] | None:
    if traffic is None:
        return None
    return {
        "version": traffic.version,
        "calls": traffic.calls,
        "errors": traffic.errors,
        "slow": traffic.slow,
    }
