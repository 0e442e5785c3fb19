"""A rollout that is rolled back, with its report as `make report` writes it and its summary as a pipeline reads it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.server import ROOT
from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import FinishedRollout, roll_out, shop_with_canaries


@dataclass(frozen=True)
class ReportedRollout(FinishedRollout):
    """A rollout that has ended, with the report as a file, the last line of the program, and the summary."""

    html: str
    last_line: str
    summary: dict[str, Any]


def faulty_version_reported(stack: Stack) -> ReportedRollout:
    shop = shop_with_canaries(stack, "reported", canary={"fault_percent": 80})
    with shop.traffic(per_second=6, callers=2):
        ended = roll_out(stack, shop, policy=QUICK)
    stack.ledger.wait_until_unlocked(shop)
    html, last_line = _report(stack, shop)
    request = {"view": "summary", "function": f"{shop.name}:{shop.alias}", "version": "2"}
    summary = stack.invoke("ShowRolloutsFunction", request)
    return ReportedRollout(shop, ended.execution, ended.description, html, last_line, summary)


def _report(stack: Stack, shop: Shop) -> tuple[str, str]:
    """Run the program in a process of its own, as `make report` does."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        command = [sys.executable, "-m", "report", f"{shop.name}:{shop.alias}", "--output", str(file)]
        settings = {**stack.local.environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'rollout'}"}
        run = subprocess.run(command, env=settings, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        assert run.returncode == 0, run.stderr
        return file.read_text(), run.stdout
