"""`python -m benchmarks.dashboard`, in a local AWS: measure the widget, and write the table of docs/dashboard.md."""

import os
import platform
from pathlib import Path

import click

from benchmarks.dashboard.ledger import TABLE, create_table, write_rollouts
from benchmarks.dashboard.measure import Answer, measure

PAGE = Path(__file__).parents[2] / "docs" / "dashboard.md"
BEGIN, END = "<!-- dashboard -->", "<!-- /dashboard -->"
_SETTINGS = {"LEDGER_TABLE": TABLE, "TAKE_COMMAND_ARN": "arn:aws:lambda:us-east-1:123456789012:function:take:buttons"}


@click.command(help=__doc__)
@click.option("--live", default=200, show_default=True, help="How many rollouts are live.")
@click.option("--turns", default=30, show_default=True, help="How often each answer is measured.")
@click.option("--write/--no-write", default=True, show_default=True, help="Whether to write the docs page.")
def main(live: int, turns: int, *, write: bool) -> None:
    os.environ.update(_SETTINGS)
    create_table()
    text = _report(measure(write_rollouts(live, ended=50, evaluations=60), turns), live, turns)
    click.echo(text)
    if write:
        _write(text, PAGE)


def _report(answers: list[Answer], live: int, turns: int) -> str:
    version = ".".join(platform.python_version_tuple()[:2])
    bare = answers[0].milliseconds
    rows = [
        f"| {one.name} | {one.milliseconds:.0f} | {one.milliseconds / bare:.1f} | {one.queries} | {one.kilobytes:.0f} |"
        for one in answers
    ]
    head = (
        f"Python {version}, medians of {turns} warm answers in the local AWS, whose emulator shares the processor;"
        f" {live} live rollouts, 50 ended ones, and 60 evaluations of the one in the detail."
    )
    title = "| Answer | Milliseconds | Times the first | Calls to DynamoDB | Kilobytes of HTML |"
    return "\n".join([head, "", title, "|---|---|---|---|---|", *rows])


def _write(text: str, page: Path) -> None:
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
