"""The pages of the documentation have the same parts, and their IAM tables agree with the templates."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCS = Path(__file__).parents[2] / "docs"
TEMPLATES = [DOCS.parent / name for name in ("template.yaml", "template-member.yaml")]
PAGES = [
    "policy",
    "metrics",
    "rollout-metrics",
    "dry-run",
    "cost",
    "events",
    "notifications",
    "accounts",
    "dashboard",
    "report",
    "canary-logs",
    "installing",
    "removing",
    "releases",
]
PARTS = ["What it is", "Smallest example", "Required IAM", "Try it in the sandbox", "Limits"]
IAM_PAGES = [*PAGES, "operating"]
TABLED = [*IAM_PAGES, "glossary", "faq", "adopting"]
FEWEST_QUESTIONS = 15
A_LINE = 160


class _Loader(yaml.SafeLoader):
    """Reads a template and ignores the tags of CloudFormation's functions."""


def _ignore_tag(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _ignore_tag)
RESOURCES: dict[str, Any] = {}
for _template in TEMPLATES:
    RESOURCES |= yaml.load(_template.read_text(), _Loader)["Resources"]  # noqa: S506 - a safe loader


@pytest.mark.parametrize("page", PAGES)
def test_page_has_every_part_in_order(page):
    titles = re.findall(r"^## (.+)$", _text(page), re.MULTILINE)
    assert [title for title in titles if title in PARTS] == PARTS


@pytest.mark.parametrize("page", IAM_PAGES)
def test_page_tries_it_in_the_sandbox(page):
    part = _part(page, "Try it in the sandbox")
    assert "make sandbox" in part
    assert "http://127.0.0.1:4566" in part
    assert "\naws " in part or "\nexecution=$(aws " in part or " | aws " in part
    commands = "".join(part.split("```")[1::2])
    assert "--cli-binary-format" not in commands, "the AWS CLI of .venv is of version 1, which does not know it"


@pytest.mark.parametrize("page", sorted(path.stem for path in DOCS.glob("*.md")))
def test_commands_name_the_ledger_by_its_variable(page):
    """CloudFormation chooses the name of the table, and no other table has a name in these pages."""
    assert set(re.findall(r"--table-name (\S+?)`?(?:\s|$)", _text(page))) <= {'"$LEDGER_TABLE"'}


@pytest.mark.parametrize("page", IAM_PAGES)
def test_required_iam_is_granted_by_the_templates(page):
    rows = re.findall(r"^\| (\w+) \| (`.+?`) \| ", _part(page, "Required IAM"), re.MULTILINE)
    assert rows != []
    for role, actions in rows:
        if role != "You":
            assert set(re.findall(r"`([^`]+)`", actions)) - _granted(role) == set(), role


@pytest.mark.parametrize("page", TABLED)
def test_table_has_a_heading_over_every_column(page):
    heads = re.findall(r"^(\|.*\|)\n\|[-|]+\|$", _text(page), re.MULTILINE)
    assert [head for head in heads if not all(cell.strip() for cell in head.strip("|").split("|"))] == []


def test_glossary_has_one_line_for_each_term_in_order():
    entries = re.findall(r"^### (.+)\n(.+)\n(?:\n|$)", _text("glossary"), re.MULTILINE)
    terms = [term for term, _ in entries]
    assert terms == re.findall(r"^### (.+)$", _text("glossary"), re.MULTILINE)
    assert terms == sorted(terms, key=str.lower)
    assert [line for _, line in entries if len(line) > A_LINE] == []


def test_faq_answers_its_questions_in_two_to_five_sentences():
    answers = dict(re.findall(r"^### (.+\?)[^?\n]*\n((?:.+\n)+)", _text("faq"), re.MULTILINE))
    assert len(answers) == _text("faq").count("\n### ") >= FEWEST_QUESTIONS
    assert [question for question, answer in answers.items() if not 2 <= _sentences(answer) <= 5] == []


def _sentences(answer: str) -> int:
    text = re.sub(r"\([^)]*\)|`[^`]*`", "x", " ".join(answer.split()))
    return len(re.findall(r"[.!?](?= |$)", text))


def _text(page: str) -> str:
    return (DOCS / f"{page}.md").read_text()


def _part(page: str, title: str) -> str:
    return _text(page).split(f"\n## {title}\n")[1].split("\n## ")[0]


def _granted(role: str) -> set[str]:
    """Return the actions of a role in a template, or of the function or state machine with that name."""
    resource = RESOURCES.get(role) or RESOURCES[f"{role}Function"]
    return {action for statement in _statements(resource["Properties"]["Policies"]) for action in statement}


def _statements(policies: list[dict[str, Any]]) -> Iterator[list[str]]:
    for policy in policies:
        for statement in policy.get("PolicyDocument", policy)["Statement"]:
            actions = statement["Action"]
            yield [actions] if isinstance(actions, str) else actions
