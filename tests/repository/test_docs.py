"""The documents keep step with what they describe."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rollout.admission.refusal_list import RefusalList
from rollout.admission.request import read_request
from rollout.domain import errors
from rollout.dry_run.cost import cost, usage
from rollout.dry_run.plan import Plan
from rollout.dry_run.schedule import planned_steps
from rollout.dry_run.traffic import Traffic
from rollout.notifications.events import EVENT_TYPES
from rollout.policy.criteria import Guards
from rollout.policy.policy import Policy
from rollout.schema import event_schema
from tests.samples import EXECUTION, ON_AWS

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))
STATES = json.loads((ROOT / "statemachine/rollout.asl.json").read_text())["States"]
DEFAULT_POLICY = json.loads(re.findall(r"Default: '(.*)'", (ROOT / "template.yaml").read_text())[0])
BASES = {"RolloutError", "RefusedError"}
NAMED_ERRORS = {name for name in vars(errors) if name.endswith("Error")} - BASES
POLICY_KEYS = (set(Policy.model_fields) - {"guards"}) | {f"guards.{name}" for name in Guards.model_fields}


def _sections(text: str, title: str) -> set[str]:
    return set(re.findall(r"^### (\w+)$", text.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0], re.MULTILINE))


def test_the_runbook_has_a_paragraph_for_every_state_and_no_other():
    assert _sections(RUNBOOK, "States") == set(STATES)


def test_the_runbook_has_a_paragraph_for_every_named_error_and_no_other():
    assert _sections(RUNBOOK, "Named errors") == NAMED_ERRORS


def test_the_readme_lists_every_key_of_a_policy_and_no_other():
    table = README.split("\n## The policy\n")[1]
    assert set(re.findall(r"^\| `([\w.]+)` \|", table, re.MULTILINE)) == POLICY_KEYS


def test_the_readme_explains_every_ending_an_operator_can_meet():
    endings = {name for name, state in STATES.items() if state["Type"] in ("Succeed", "Fail")}
    table = README.split("\n| It ends as |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| (\w+) \| (?:green|red) \|", table, re.MULTILINE)) == endings


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_of_ours_leads_somewhere(document: Path):
    targets = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", document.read_text())]
    assert [t for t in targets if not t.startswith("http") and not (document.parent / t).exists()] == []


def test_the_samples_of_the_readme_are_requests_we_take():
    samples = [sample for sample in _samples() if "plan" not in sample]
    assert [sample["function"].split(":")[-1] for sample in samples] == ["my-api"] * 3
    Policy.model_validate(samples[1]["policy"])
    for sample in samples:
        read_request(sample, EXECUTION, reasons := RefusalList())
        assert not reasons


def test_the_readmes_answer_to_a_dry_run_is_one_we_give():
    """Its cost is that of the policy it names, and its steps are told by the keys there are."""
    (answer,) = [sample for sample in _samples() if "plan" in sample]
    plan, policy = answer["plan"], Policy.model_validate(DEFAULT_POLICY)
    told = [*planned_steps(policy, Traffic(calls=120, seconds=60), ON_AWS)]
    assert [plan["steps"][0], plan["bake"]] == [
        one.model_dump(mode="json", by_alias=True) for one in (told[0], told[-1])
    ]
    assert plan["cost"] == cost(usage(policy, 6, 4)).model_dump(mode="json")
    assert set(plan) == set(Plan.model_fields) - {"policy"}


def _samples() -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]


def test_every_event_has_a_row_and_a_sample_that_is_as_its_schema_says():
    text = (ROOT / "docs/events.md").read_text()
    samples = text.split("\n## Samples\n")[1].split("\n### ")[1:]
    read = {
        sample.splitlines()[0]: json.loads(re.findall(r"```json\n(.*?)```", sample, re.DOTALL)[0]) for sample in samples
    }
    named = {kind.detail_type: kind for kind in EVENT_TYPES}
    assert set(read) == set(re.findall(r"^\| `(Ro\w+ .*?|Step \w+)` \|", text, re.MULTILINE)) == set(named)
    for name, sample in read.items():
        Draft202012Validator(event_schema(named[name])).validate(sample)
        named[name].model_validate(sample)
