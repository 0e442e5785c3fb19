"""`python -m benchmarks.imports`: print the ratios, and write them into docs/performance.md."""

import platform
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.imports.measure import MOST_TIMES, ROOT, Import, measure

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- imports -->", "<!-- /imports -->"


@click.command(help=__doc__)
@click.option("--turns", default=5, show_default=True, help="How often each import is measured.")
@click.option("--write/--no-write", default=True, show_default=True, help="Whether to write the docs page.")
def main(turns: int, *, write: bool) -> None:
    baseline, imports = measure(turns)
    Console().print(_table(imports))
    if write:
        _write(_markdown(baseline, imports, turns), PAGE)
    worst = max(imports, key=lambda one: one.times)
    click.echo(f"{worst.handler} takes longest: {worst.times:.2f} times boto3 and Logger; the limit is {MOST_TIMES}")
    sys.exit(worst.times > MOST_TIMES)


def _table(imports: list[Import]) -> Table:
    table = Table("handler", "CPU seconds", "times boto3 + Logger")
    for one in imports:
        table.add_row(one.handler, f"{one.seconds:.3f}", f"{one.times:.2f}")
    return table


def _markdown(baseline: float, imports: list[Import], turns: int) -> str:
    version = ".".join(platform.python_version_tuple()[:2])
    rows = [f"| `{one.handler}` | {one.seconds:.3f} | {one.times:.2f} |" for one in imports]
    head = f"Python {version}, medians of {turns}; importing boto3 and Logger took {baseline:.3f} s in the same run."
    return "\n".join([head, "", "| Handler | CPU seconds | Times boto3 and Logger |", "|---|---|---|", *rows])


def _write(text: str, page: Path) -> None:
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
