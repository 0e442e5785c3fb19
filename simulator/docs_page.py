"""`python -m simulator.docs_page`: writes the output that docs/simulating.md shows.

The page shows two simulations and a replay. The reports of the simulations are kept as JSON in docs/simulations, and
this program only prints them again. With `--simulate` it first runs the simulations, and draws the page's pictures.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from simulator.evaluation_loop import ON_AWS
from simulator.files import read_policy_file
from simulator.replay.replay import replay
from simulator.replay.report import print_replay
from simulator.replay.rows import read_recording
from simulator.simulate.load import Load
from simulator.simulate.report import Report
from simulator.simulate.simulate import simulate
from simulator.simulate.table import print_report

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "simulating.md"
RECORDING, REPLAY_POLICY = "simulator/recordings/checkout.csv", "simulator/policies/careful.yaml"


@dataclass(frozen=True)
class Example:
    """A simulation of the page."""

    name: str
    policy: str
    load: Load

    @property
    def report(self) -> Path:
        """The file of the report, as JSON."""
        return ROOT / "docs" / "simulations" / f"{self.name}.json"

    @property
    def picture(self) -> Path:
        """The file of the picture."""
        return ROOT / "docs" / "images" / f"simulate-{self.name}.png"


EXAMPLES = (
    Example("default", "simulator/policies/three-steps.yaml", Load()),
    Example("slow", "simulator/policies/slow.yaml", Load(regression=1, slowdown=5)),
)


@click.command(help=__doc__)
@click.option("--simulate", "is_simulated", is_flag=True, help="Run the simulations again: takes minutes.")
def main(*, is_simulated: bool) -> None:
    for example in EXAMPLES if is_simulated else ():
        run_example(example)
    page = PAGE.read_text()
    for name, output in outputs().items():
        page = with_output(page, name, output)
    PAGE.write_text(page)


def run_example(example: Example) -> None:
    """Run a simulation of the page, and write its report and its picture."""
    from simulator.simulate.picture import draw  # noqa: PLC0415 - matplotlib is slow to import

    policy = ROOT / example.policy
    simulation = simulate(read_policy_file(policy), example.load, 1000, 1, lambda _: None)
    example.report.parent.mkdir(exist_ok=True)
    example.report.write_text(simulation.report.model_dump_json(indent=2) + "\n")
    draw(simulation, policy.name, example.picture)


def outputs() -> dict[str, str]:
    """Return the output of each command on the page, by the name of its block."""
    simulations = {f"simulate {example.name}": _output_of(_print_simulation, example) for example in EXAMPLES}
    return {**simulations, "replay": _output_of(_print_replay)}


def with_output(page: str, name: str, output: str) -> str:
    """Return the page with the output in the code block below the comment `<!-- output: name -->`."""
    block = re.compile(rf"(<!-- output: {name} -->\n```\n).*?(```\n)", re.DOTALL)
    return block.sub(lambda match: f"{match[1]}{output}{match[2]}", page, count=1)


def _print_simulation(console: Console, example: Example) -> None:
    print_report(console, example.policy, Report.model_validate_json(example.report.read_text()))


def _print_replay(console: Console) -> None:
    replayed = replay(read_policy_file(ROOT / REPLAY_POLICY), read_recording(ROOT / RECORDING, ON_AWS))
    print_replay(console, f"{REPLAY_POLICY} over {RECORDING}", replayed)


def _output_of(print_to: Callable[..., None], *arguments: object) -> str:
    text = io.StringIO()
    print_to(Console(file=text, highlight=False, width=100), *arguments)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


if __name__ == "__main__":
    main()
