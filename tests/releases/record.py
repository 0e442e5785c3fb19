"""`python -m tests.releases.record`: records every moment as the current code leaves it, for the version it has.

The scenario's clock, names and revisions do not differ from run to run, so that neither does a file.
"""

import io
import json
import logging
import tomllib
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests.interleavings.scenario import Scenario
from tests.releases.conftest import settled_scenarios
from tests.releases.moments import MOMENTS, Moment
from tests.releases.world import endings, snapshot

HERE = Path(__file__).parent


def version() -> str:
    """Return the version of the code."""
    project: dict[str, Any] = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def record(scenario: Scenario, moment: Moment) -> str:
    """Return the state of a scenario in a moment as JSON, and how it then ends."""
    moment(scenario)
    world = json.loads(json.dumps(snapshot(scenario)))
    scenario.check_settled()
    return json.dumps(world | {"ends": endings(scenario)}, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write one file for each moment; a file of the same name is replaced."""
    folder = HERE / version()
    folder.mkdir(exist_ok=True)
    logging.disable()
    with pytest.MonkeyPatch.context() as monkeypatch, redirect_stdout(io.StringIO()):
        scenarios = settled_scenarios(monkeypatch)
        for name, moment in MOMENTS.items():
            (folder / f"{name}.json").write_text(record(scenarios.new(), moment))


if __name__ == "__main__":
    main()
