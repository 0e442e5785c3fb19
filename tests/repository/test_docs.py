"""The documents agree with what they describe."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from benchmarks.imports.measure import MOST_TIMES
from rollout.admission.command import read_command_event
from rollout.admission.read_request import read_request
from rollout.admission.refusals.combine import RefusalList
from rollout.auto.choose import choose
from rollout.domain import command_errors, errors, hook_errors
from rollout.domain.enums import Command
from rollout.dry_run.cost import cost, usage
from rollout.dry_run.plan import Plan
from rollout.dry_run.schedule import planned_steps
from rollout.dry_run.traffic import Traffic
from rollout.notifications.event_types import EVENT_TYPES
from rollout.policy.criteria import Guards
from rollout.policy.policy import Policy
from rollout.schema import event_schema
from tests.days import steady
from tests.repository.doc_samples import CALLS_PER_MINUTE, DEFAULT_POLICY, SAMPLES, with_samples
from tests.samples import EXECUTION, ON_AWS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
RUNBOOK = (DOCS / "runbook.md").read_text()
EVENTS = (DOCS / "events.md").read_text()
DRY_RUN = (DOCS / "dry-run.md").read_text()
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted(DOCS.glob("*.md"))
STATES = json.loads((ROOT / "statemachine/rollout.asl.json").read_text())["States"]
BASES = {"RolloutError", "RefusedError", "CommandRefusedError"}
COMMAND_STATES = json.loads((ROOT / "statemachine/command.asl.json").read_text())["States"]
RELEASE_STATES = json.loads((ROOT / "statemachine/release.asl.json").read_text())["States"]
NAMED_ERRORS = {
    name for name in vars(errors) | vars(command_errors) | vars(hook_errors) if name.endswith("Error")
} - BASES
POLICY_KEYS = (set(Policy.model_fields) - {"guards"}) | {f"guards.{name}" for name in Guards.model_fields}
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def _headings(text: str, title: str) -> set[str]:
    return set(re.findall(r"^### (\w+)$", text.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0], re.MULTILINE))


def _json_blocks(document: Path) -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", document.read_text(), re.DOTALL)]


def test_runbook_explains_every_state_and_no_other():
    assert _headings(RUNBOOK, "States") == {*STATES, *COMMAND_STATES, *RELEASE_STATES}


def test_runbook_explains_every_named_error_and_no_other():
    assert _headings(RUNBOOK, "Named errors") == NAMED_ERRORS


def test_policy_page_lists_every_key_and_no_other():
    table = (DOCS / "policy.md").read_text().split("\n## Keys\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([\w.]+)` \|", table, re.MULTILINE)) == POLICY_KEYS


def test_decisions_are_in_order_of_their_dates():
    dates = re.findall(r"^### (\S+): ", (DOCS / "decisions.md").read_text(), re.MULTILINE)
    assert len(dates) > 50
    assert dates == sorted(dates)


def test_readme_counts_the_functions():
    words = {12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen"}
    count = words[len([*(ROOT / "functions").glob("*/app.py")])]
    assert f"and {count} Lambda functions" in (ROOT / "README.md").read_text()


def test_performance_page_has_every_handler_below_its_limit():
    """A new function is measured by `make bench-import`, which writes the table."""
    rows = re.findall(r"^\| `(\w+)` \| [\d.]+ \| ([\d.]+) \|$", (DOCS / "performance.md").read_text(), re.MULTILINE)
    assert [name for name, _ in rows] == sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    assert all(float(times) <= MOST_TIMES for _, times in rows)


@pytest.mark.parametrize("page", ["README.md", "docs/operating.md"])
def test_page_explains_every_ending(page):
    endings = {name for name, state in STATES.items() if state["Type"] in ("Succeed", "Fail")}
    table = (ROOT / page).read_text().split("| The alias serves |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| (\w+) \| (?:green|red) \|", table, re.MULTILINE)) == endings


def test_operating_page_explains_every_ending_of_a_command():
    endings = {name for name, state in COMMAND_STATES.items() if state["Type"] in ("Succeed", "Fail")}
    table = (DOCS / "operating.md").read_text().split("| What it means |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| (\w+) \| (?:green|red) \|", table, re.MULTILINE)) == endings


def test_every_command_has_an_input_to_copy_that_is_accepted():
    """P11: each sample has a reason, except the one that changes nothing."""
    table = (DOCS / "operating.md").read_text().split("| Input to copy |")[1].split("\n\n")[0]
    inputs = [json.loads(found) for found in re.findall(r"`(\{.*?\})` \|", table)]
    execution = EXECUTION.model_dump(mode="json")
    parsed = [read_command_event({"request": each, "execution": execution}).parse() for each in inputs]
    assert [request.command for request in parsed] == [*Command]


@every_document
def test_link_to_a_file_resolves(document: Path):
    targets = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", document.read_text())]
    assert [t for t in targets if not t.startswith("http") and not (document.parent / t).exists()] == []


@every_document
def test_link_to_a_heading_resolves(document: Path):
    links = re.findall(r"\]\(([\w./-]*)#([^)]+)\)", document.read_text())
    pages = [(document.parent / page if page else document, heading) for page, heading in links]
    assert [(page.name, heading) for page, heading in pages if heading not in _anchors(page)] == []


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@every_document
def test_request_sample_is_accepted(document: Path):
    """`adopting.md` has a test of its own beside its examples."""
    for sample in [block for block in _json_blocks(document) if "function" in block and "hook" not in block]:
        read_request(sample, EXECUTION, reasons := RefusalList())
        assert [*reasons] == []
        assert read_request(sample, EXECUTION, reasons).function == "my-api"
        if isinstance(sample.get("policy"), dict):
            Policy.model_validate(sample["policy"])


def test_operating_page_shows_the_least_and_the_most_of_a_request():
    least, most, *others = [block for block in _json_blocks(DOCS / "operating.md") if "function" in block]
    assert (set(least), set(most)) == ({"function"}, {"function", "alias", "version", "policy"})
    assert [{*block} - {"function"} for block in others] == [{"back"}, {"back_to"}, {"override_freeze"}]
    assert [block for block in _json_blocks(DOCS / "dry-run.md") if block.get("dry_run")] != []


@pytest.mark.parametrize("page", ["policy.md", "metrics.md"])
def test_policy_sample_is_valid(page):
    blocks = _json_blocks(DOCS / page)
    blocks += [
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    ]
    assert blocks != []
    for block in blocks:
        Policy.model_validate(block)


@every_document
def test_generated_sample_is_current(document: Path):
    """`python -m tests.repository.doc_samples` writes the samples."""
    assert with_samples(document.read_text()) == document.read_text()


def test_every_generated_sample_is_shown():
    shown = re.findall(r"<!-- sample: ([\w-]+) -->", "".join(page.read_text() for page in DOCUMENTS))
    assert sorted(shown) == sorted(SAMPLES)


def test_dry_run_sample_has_the_cost_and_steps_of_its_policy():
    [answer] = [block for block in _json_blocks(DOCS / "dry-run.md") if "plan" in block]
    plan, auto = answer["plan"], Policy.model_validate(DEFAULT_POLICY)
    policy = choose(auto, steady(CALLS_PER_MINUTE), ON_AWS).policy
    planned = [*planned_steps(policy, Traffic(calls=CALLS_PER_MINUTE, seconds=60), ON_AWS)]
    assert [*plan["steps"], plan["bake"]] == [step.model_dump(mode="json", by_alias=True) for step in planned]
    assert plan["cost"] == cost(usage(policy, 6, 6)).model_dump(mode="json")
    assert set(plan) == set(Plan.model_fields)


def test_dry_run_page_explains_every_field_of_a_plan():
    table = DRY_RUN.split("\n| Field |")[1].split("\n\n")[0]
    assert set(re.findall(r"`plan\.(\w+)`", table)) == set(Plan.model_fields)


def test_every_event_has_a_row_and_a_sample_that_fits_its_schema():
    sections = EVENTS.split("\n## Samples\n")[1].split("\n### ")[1:]
    samples = {
        section.splitlines()[0]: json.loads(re.findall(r"```json\n(.*?)```", section, re.DOTALL)[0])
        for section in sections
    }
    kinds = {kind.detail_type: kind for kind in EVENT_TYPES}
    assert (
        set(samples)
        == set(
            re.findall(
                r"^\| `(Ro\w+ .*?|Step \w+|Alias \w+|Approval \w+|Command \w+|Release .*?)` \|", EVENTS, re.MULTILINE
            )
        )
        == set(kinds)
    )
    for name, sample in samples.items():
        Draft202012Validator(event_schema(kinds[name])).validate(sample)
        kinds[name].model_validate(sample)
