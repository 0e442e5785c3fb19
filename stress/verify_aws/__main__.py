"""Deploy the stack into the account of the current credentials, and check what the project relies on.

Rolls out five versions of a function that it creates, asks AWS about each behaviour that no document settles, prints
a table, removes what it made, and writes a file to send back. It asks before it starts.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from sandbox.server import SandboxError
from stress.verify_aws import report
from stress.verify_aws.account import AwsAccount
from stress.verify_aws.deployment import Deployment
from stress.verify_aws.estimate import announcement
from stress.verify_aws.findings import Finding
from stress.verify_aws.pace import Pace
from stress.verify_aws.verify import opened_stage, verify

_FAILED = 1


@click.command(help=__doc__)
@click.option("--stack", default="lambda-rollouts-verify", show_default=True, help="The name of the stack to make.")
@click.option("--region", help="The region; without it, that of the environment or the profile.")
@click.option("--yes", is_flag=True, help="Start without asking.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("verify-aws.json"), show_default=True
)
@click.option("--period", default=60, show_default=True, help="Seconds of a metric period. Lambda's is 60.")
@click.option("--lag", default=120, show_default=True, help="Seconds until a period's metrics are complete.")
@click.option("--calls", default=10.0, show_default=True, help="Calls a second to the function.")
def main(  # noqa: PLR0913 - the options of a command
    *, stack: str, region: str | None, yes: bool, output: Path, period: int, lag: int, calls: float
) -> None:
    try:
        account = AwsAccount(region)
        pace = Pace(period, lag, calls)
        click.echo(announcement(account, stack, pace))
        if not yes:
            click.confirm("Start?", abort=True)
        findings = _run(account, Deployment(account, stack), pace)
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    report.write(findings, account, datetime.now(UTC), output)
    _finish(findings, output)


def _run(account: AwsAccount, deployment: Deployment, pace: Pace) -> list[Finding]:
    with _removed_afterwards(deployment):
        _progress("Deploying the stack (about three minutes)")
        deployment.deploy(pace.parameters)
        with opened_stage(account, deployment, pace) as stage:
            return [*_reported(verify(stage, _progress))]


def _reported(findings: Iterator[Finding]) -> Iterator[Finding]:
    for finding in findings:
        _progress(f"  {finding.mark}: {finding.name}")
        yield finding


@contextmanager
def _removed_afterwards(deployment: Deployment) -> Iterator[None]:
    try:
        yield
    finally:
        _progress("Removing everything")
        for leftover in deployment.remove():
            click.secho(f"Not removed, delete it by hand: {leftover}", fg="red", err=True)


def _progress(step: str) -> None:
    click.secho(f"{datetime.now(UTC):%H:%M:%S}  {step}", dim=True)


def _finish(findings: list[Finding], output: Path) -> None:
    Console().print(report.table(findings))
    holds = all(finding.holds for finding in findings)
    click.secho(f"{report.summary(findings)}. Send back {output}.", bold=True, fg="green" if holds else "red")
    sys.exit(0 if holds else _FAILED)


if __name__ == "__main__":
    main(prog_name="python -m stress.verify_aws")
