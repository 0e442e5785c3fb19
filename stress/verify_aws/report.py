"""The table that a person reads, and the file to send back."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.table import Table

from stress.verify_aws.account import AwsAccount
from stress.verify_aws.findings import Finding

_STYLES = {"yes": "green", "no": "red", "unknown": "yellow"}
_HIDDEN = "ACCOUNT"


def table(findings: Sequence[Finding]) -> Table:
    """Return the findings as a table with a row each."""
    rows = Table(show_lines=True)
    for heading in ("Question", "Expected", "Found", "Holds"):
        rows.add_column(heading, overflow="fold")
    for finding in findings:
        style = _STYLES[finding.mark]
        rows.add_row(finding.name, finding.expected, finding.found, f"[{style}]{finding.mark}[/{style}]")
    return rows


def document(findings: Sequence[Finding], account: AwsAccount, at: datetime) -> str:
    """Return the findings as JSON, without the number of the account."""
    content = {
        "at": at.isoformat(timespec="seconds"),
        "region": account.region,
        "findings": [finding.document() for finding in findings],
    }
    return json.dumps(content, indent=2, ensure_ascii=False).replace(account.account, _HIDDEN) + "\n"


def write(findings: Sequence[Finding], account: AwsAccount, at: datetime, path: Path) -> None:
    """Write the file to send back."""
    path.write_text(document(findings, account, at))


def summary(findings: Sequence[Finding]) -> str:
    """Return one line with the number of findings of each kind."""
    marks = [finding.mark for finding in findings]
    return f"{marks.count('yes')} of {len(marks)} hold, {marks.count('no')} do not, {marks.count('unknown')} unknown"
