"""Measures the CPU time of imports, each in a fresh interpreter."""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
BASELINE = "import boto3\nfrom aws_lambda_powertools import Logger"
MOST_TIMES = 1.7
"""The bound of design: importing a handler takes at most so many times the CPU time of the baseline."""

_TEMPLATE_ENVIRONMENT = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""What template.yaml sets for every function, as far as it bears on imports."""

_TIMED = "import time\nstart = time.process_time()\n{code}\nprint(time.process_time() - start)"


class Import(NamedTuple):
    """What importing one handler took."""

    handler: str
    seconds: float
    """CPU seconds, the median of all turns."""
    times: float
    """The same as a multiple of the baseline's median."""


def measure(turns: int) -> tuple[float, list[Import]]:
    """Return the baseline's median CPU seconds, and every handler's; all take turns, so that they share the noise."""
    handlers = sorted(path.name for path in (ROOT / "functions").iterdir() if (path / "app.py").exists())
    seconds: dict[str, list[float]] = {name: [] for name in ("", *handlers)}
    for turn in range(turns + 1):
        for name, durations in seconds.items():
            taken = _import_seconds(name)
            if turn:  # the first turn only writes bytecode and warms the disk cache
                durations.append(taken)
    baseline = median(seconds.pop(""))
    return baseline, [Import(name, median(taken), median(taken) / baseline) for name, taken in seconds.items()]


def _import_seconds(handler: str) -> float:
    """Return the CPU seconds that importing a handler takes; the baseline's where no handler is named."""
    code = "import app" if handler else BASELINE
    paths = [str(ROOT / "layers" / "rollout"), str(ROOT / "functions" / handler)]
    environment = {"PYTHONPATH": os.pathsep.join(paths), "PATH": os.environ["PATH"]} | _TEMPLATE_ENVIRONMENT
    command = [sys.executable, "-c", _TIMED.format(code=code)]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
