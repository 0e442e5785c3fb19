"""A later release is deployed while a rollout is in the middle of each state: each rollout ends as its policy requires.

`make upgrade` runs it, in a local AWS of its own.
"""

import pytest

from tests.installing.held_rollouts import deploy_in_each_state
from tests.installing.held_states import CASES, PROMOTED, ROLLED_BACK
from tests.installing.later_release import FIELD

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]

every_case = pytest.mark.parametrize("case", CASES, ids=[case.state for case in CASES])
WHOLE_DOCUMENT = ("PrepareRollout", "ShiftTraffic", "JudgeCanary", "PromoteVersion")
"""The tasks whose output is the whole document of a rollout."""
STATUSES = {PROMOTED: ("SUCCEEDED", None), ROLLED_BACK: ("FAILED", "RolloutRolledBack")}


@pytest.fixture(scope="module")
def deployment(installation, later, tmp_path_factory):
    return deploy_in_each_state(installation, later, tmp_path_factory.mktemp("deployment"))


@every_case
def test_deployment_begins_and_ends_while_the_rollout_is_in_the_state(case, deployment):
    assert deployment.held(case), (
        f"{deployment.first_at} to {deployment.last_at}: {deployment.ended[case.state].visits}"
    )


@every_case
def test_rollout_ends_as_its_policy_requires(case, deployment):
    """P10: the ending, the ledger and the alias agree."""
    ended = deployment.ended[case.state]
    description = ended.description
    assert (description["status"], description.get("error")) == STATUSES[case.ends], description.get("cause")
    assert ended.entry["outcome"] == case.ends
    assert "open" not in ended.entry


@every_case
def test_alias_is_unsplit_and_unlocked(case, deployment):
    """P1, P3."""
    ended = deployment.ended[case.state]
    canary = ended.entry["canary_version"]
    stable = ended.entry["stable_version"]
    assert ended.shares == {canary if case.ends == PROMOTED else stable: 100.0}
    assert ended.lock == {}


@every_case
def test_task_that_runs_meanwhile_ends_with_the_code_it_began_with(case, deployment):
    output = deployment.held(case).output
    assert FIELD not in output
    assert FIELD not in (output.get("ending") or {})


@every_case
def test_next_tasks_run_the_later_release(case, deployment):
    later = deployment.ended[case.state].after(deployment.last_at)
    assert all(FIELD in visit.output for visit in later if visit.state in WHOLE_DOCUMENT)
    assert all(FIELD in visit.output["ending"] for visit in later if visit.state == "CloseRollout")
