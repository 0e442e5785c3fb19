"""`python -m report`: writes the report of one ended rollout as a file that needs nothing else."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import click
from botocore.exceptions import BotoCoreError

from report.stack import StackNotFoundError, find_stack
from rollout.dashboard.report.named import NamedRollout, read_name
from rollout.dashboard.report.page import report_page
from rollout.dashboard.report.summary import summary
from rollout.domain.errors import RolloutError
from rollout.domain.identity import AccountRegion
from rollout.tasks.dashboard.reported import Reported, find_reported

WRITERS: dict[str, tuple[str, Callable[[Reported], str]]] = {
    "html": (".html", lambda found: report_page(*found, datetime.now(UTC))),
    "markdown": (".md", lambda found: summary(found.records)),
}
"""The ending of the file of each format, and what writes it."""

_HELP = """Write the report of one ended rollout as a file that needs nothing else.

ROLLOUT is a function with its alias, such as my-api:live, or its ARN; without it, the last ended rollout of the stack.
"""

_FILE = click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path)


@click.command(help=_HELP)
@click.argument("rollout", default="")
@click.option("--version", default="", help="The version that was rolled out; without it, the last one that ended.")
@click.option("--execution", default="", help="The ARN or the name of the execution of the rollout.")
@click.option(
    "--format", "kind", default="html", show_default=True, type=click.Choice([*WRITERS]), help="What to write."
)
@click.option("--output", type=_FILE, help="The file to write; - for the terminal.")
@click.option("--stack", default="lambda-rollouts", show_default=True, help="The stack of Lambda Rollouts.")
@click.option("--region", help="The region of the stack; without it, that of your AWS settings.")
@click.option("--profile", help="The profile of your AWS settings.")
def main(kind: str, output: Path | None, stack: str, region: str | None, profile: str | None, **named: str) -> None:
    suffix, write = WRITERS[kind]
    try:
        home = _use(stack, region, profile)
        found = _read(read_name(named["rollout"], named["version"], named["execution"], home))
    except (RolloutError, StackNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    except BotoCoreError as error:  # no region, or no such profile
        raise click.ClickException(f"{error} Set REGION= and PROFILE= to where the stack is.") from error
    entry = found.records.entry
    _save(write(found), output or Path(f"{_file_name(entry)}{suffix}"), entry)


def _use(name: str, region: str | None, profile: str | None) -> AccountRegion:
    """Let the layer read the ledger of a stack, whose name it takes from the environment; return where the stack is."""
    if profile:
        os.environ["AWS_PROFILE"] = profile
    session = boto3.Session(region_name=region)
    _progress(f"Looking up the stack {name} in {session.region_name or 'no region'}")
    stack = find_stack(session.client("cloudformation"), name)
    os.environ |= {"LEDGER_TABLE": stack.table, "AWS_DEFAULT_REGION": stack.home.region}
    return stack.home


def _read(named: NamedRollout) -> Reported:
    _progress(f"Reading {named.text} in the ledger")
    return find_reported(named, datetime.now(UTC))


def _file_name(entry: dict[str, Any]) -> str:
    """Return a name of letters, digits and dashes, such as `rollout-my-api-live-7`."""
    parts = [*entry["target"].split("/")[2:], str(entry.get("canary_version", ""))]
    return "rollout-" + re.sub(r"[^A-Za-z0-9_-]+", "-", "-".join(parts)).strip("-")


def _save(text: str, output: Path, entry: dict[str, Any]) -> None:
    if str(output) == "-":
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    size = len(text.encode()) / 1000
    name = ":".join(entry["target"].split("/")[2:])
    versions = f"{name}, version {entry.get('canary_version', 'unknown')}, {entry['outcome'].replace('_', ' ')}"
    click.secho(f"Report of {versions}: {output.resolve()} ({size:,.0f} KB)", fg="green")


def _progress(step: str) -> None:
    click.secho(f"{step} ...", dim=True, err=True)


if __name__ == "__main__":
    main(prog_name="python -m report")
