"""Compute and simulate many rollouts, and write the tables of docs/scale.md.

With `--load FILE`, which `python -m stress.load --json` writes, also compare the model with the calls of the local AWS.
"""

import json
from pathlib import Path

import click

from benchmarks.scale import report
from benchmarks.scale.plans import DAY, HOUR, Plan
from benchmarks.scale.simulate import Simulation

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
CASES: tuple[tuple[int, float, Plan], ...] = (
    (900, 60, HOUR),
    (900, 3600, HOUR),
    (3000, 3600, HOUR),
    (10_000, 3600, HOUR),
    (10_000, 86_400, DAY),
)
"""How many rollouts, published evenly within how many seconds, of which plan."""


@click.command(help=__doc__)
@click.option("--load", "loads", multiple=True, type=click.Path(exists=True, path_type=Path), help="Repeatable.")
@click.option("--simulate/--no-simulate", default=True, show_default=True, help="Whether to simulate, for two minutes.")
@click.option("--write/--no-write", default=True, show_default=True, help="Whether to write the docs page.")
def main(loads: tuple[Path, ...], *, simulate: bool, write: bool) -> None:
    sections = {
        "limits": [report.first_limits(), "", *report.limits_table()],
        "many": [*report.many_table(), "", *report.price_table()],
    }
    if simulate:
        played = [_play(*case, in_turns) for case in CASES for in_turns in (False, True)]
        sections["simulation"] = report.simulation_table(played)
    if loads:
        sections["check"] = report.check_table([load for path in loads for load in json.loads(path.read_text())])
    for name, lines in sections.items():
        click.echo("\n".join([f"{name}:", *lines, ""]))
        if write:
            _write(name, "\n".join(lines))


def _play(count: int, within_seconds: float, plan: Plan, in_turns: bool) -> report.Played:  # noqa: FBT001 - one of a case
    within = {60: "a minute", 3600: "an hour", 86_400: "a day"}[int(within_seconds)]
    outcome = Simulation(plan, count, within_seconds, in_turns=in_turns).run()
    return f"{count:,} of {plan.name}, published within {within}", plan, in_turns, outcome


def _write(name: str, text: str) -> None:
    begin, end = f"<!-- scale: {name} -->", f"<!-- /scale: {name} -->"
    before, _, rest = PAGE.read_text().partition(begin)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.scale")
