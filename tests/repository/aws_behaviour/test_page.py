"""docs/aws-behaviour.md has evidence and a guard in every row, and its quotations are in botocore's service models."""

import re
from typing import NamedTuple

import pytest

from tests.repository.aws_behaviour import models
from tests.repository.aws_behaviour.calls import CALLS
from tests.repository.sources import ROOT

PAGE = (ROOT / "docs/aws-behaviour.md").read_text()
HEAD = "| Relied on | Evidence | Guard at run time |"
KINDS = r"API model|Documentation: \[|Recorded: \[|Open \(`"
OPERATION = re.compile(r"`(\w+:\w+)`")


class Row(NamedTuple):
    relied_on: str
    evidence: str
    guard: str


LINES = [line for table in PAGE.split(HEAD)[1:] for line in table.split("\n\n")[0].splitlines()[2:]]
ROWS = [Row(*(cell.strip() for cell in line[1:-1].split("|"))) for line in LINES]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.relied_on[:50])


def test_every_table_has_the_same_columns():
    assert len(ROWS) + 2 * PAGE.count(HEAD) == len(re.findall(r"^\|", PAGE, re.MULTILINE))


@each_row
def test_row_has_evidence_and_a_guard(row):
    assert row.relied_on.endswith(".")
    assert re.match(KINDS, row.evidence)
    assert row.guard.endswith(".")


@each_row
def test_evidence_from_the_api_model_is_in_it(row):
    named = OPERATION.findall(row.evidence)
    texts = [models.documentation(operation) for operation in named]
    assert [said for said in re.findall(r'"([^"]+)"', row.evidence) if not any(said in text for text in texts)] == []
    assert named or row.evidence == "API model: every error of every operation above" or "API model" not in row.evidence


def test_every_call_has_a_row():
    assert {call.operation for call in CALLS} - set(OPERATION.findall(PAGE)) == set()


def test_open_questions_have_names_of_their_own():
    named = re.findall(r"Open \(`([a-z0-9-]+)`\)", PAGE)
    assert len(named) == len(set(named)) == PAGE.count("Open (")
