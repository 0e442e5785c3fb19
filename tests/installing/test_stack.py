"""The packaged release, deployed by the documented scripts; then updated and removed in the middle of rollouts.

`make upgrade` runs it. The tests build on each other, in the order of this file: the last one removes the stack.
"""

import boto3
import pytest

from installing.doctor import examine
from installing.package import LOCAL_BUCKET
from installing.publication import check_publishable
from sandbox.deploy import STACK
from sandbox.server import REGION
from tests.e2e.waiting import wait_for
from tests.installing.later_release import FIELD

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]

COMMON = {"interval": "5s", "max_extension": "5s", "on_inconclusive": "promote", "min_invocations": 10}
STEP = COMMON | {"steps": [{"percent": 10, "hold": "1h"}], "bake": "5s"}
APPROVAL = COMMON | {
    "steps": [{"percent": 10, "hold": "5s"}, {"approval": {"timeout": "1h"}}, {"percent": 50, "hold": "5s"}],
    "bake": "5s",
}
BAKE = COMMON | {"steps": "AllAtOnce", "bake": "90s"}
UPGRADED = {"upgraded-bake": BAKE, "upgraded-step": STEP, "upgraded-approval": APPROVAL}


@pytest.fixture(scope="module")
def upgraded(installation, later, tmp_path_factory):
    """Rollouts in a step, at an approval and in a bake: a later release is deployed, and then this one again."""
    folder = tmp_path_factory.mktemp("upgrade")
    arns = {name: installation.roll_out(name, policy) for name, policy in UPGRADED.items()}
    for name, arn in arns.items():
        installation.executions.wait_for_state(arn, "WaitForMetrics")
        if name == "upgraded-approval":
            wait_for(lambda arn=arn: _gate(installation, arn), lambda name=name: f"{name} reaches no approval.")
    began = installation.evaluate_again(arns)
    installation.deploy(later, folder)
    during = installation.evaluate_again(arns)
    installation.deploy(installation.release.folder / "packaged.yaml", folder)
    after = installation.evaluate_again(arns)
    installation.command("upgraded-step", "promote")
    installation.command("upgraded-approval", "approve")
    ended = {name: installation.executions.wait_for_end(arn) for name, arn in arns.items()}
    return began, during, after, ended


def _gate(installation, arn):
    return installation.executions.inputs(arn).get("ChooseNextMove", {}).get("gate")


def test_packaged_template_is_what_sam_publish_sends(installation):
    sent = check_publishable(installation.release.template)
    assert sent["LicenseUrl"].startswith(f"s3://{LOCAL_BUCKET}/")
    assert sent["ReadmeUrl"].startswith(f"s3://{LOCAL_BUCKET}/")


def test_packaged_stack_rolls_out_a_version(installation):
    """The layer, the functions and the state machine are those of the package."""
    arn = installation.roll_out("packaged-shop", STEP)
    installation.executions.wait_for_state(arn, "WaitForMetrics")
    installation.command("packaged-shop", "promote")
    ended = installation.executions.wait_for_end(arn)
    assert ended["status"] == "SUCCEEDED", ended.get("cause")


def test_stack_examines_itself(installation):
    environment = installation.sandbox.exports
    session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    local = session.client

    class Local:
        def client(self, service):
            return local(service, endpoint_url=installation.sandbox.url)

    answer = examine(Local(), STACK)
    grades = {finding["check"]: finding["grade"] for finding in answer["findings"]}
    assert len(grades) == 13
    assert {check: grade for check, grade in grades.items() if grade == "unknown"}.keys() <= {"published versions"}
    assert {check: grades[check] for check in ("trail", "alarm subscriptions", "dashboard", "freeze", "hooks")} == {
        "trail": "bad",
        "alarm subscriptions": "bad",
        "dashboard": "good",
        "freeze": "good",
        "hooks": "good",
    }


@pytest.mark.parametrize("name", UPGRADED)
def test_rollout_goes_on_under_the_later_release(name, upgraded):
    began, during, _, _ = upgraded
    assert FIELD not in began[name]
    assert during[name][FIELD] == "by a later release"
    assert during[name]["policy"][FIELD] is False
    assert during[name]["evaluations"] > began[name]["evaluations"]


@pytest.mark.parametrize("name", UPGRADED)
def test_rollout_goes_on_under_this_release_again(name, upgraded):
    _, during, after, _ = upgraded
    assert FIELD not in after[name]
    assert FIELD not in after[name]["policy"]
    assert after[name]["evaluations"] > during[name]["evaluations"]


@pytest.mark.parametrize("name", UPGRADED)
def test_rollout_is_promoted_after_both_deployments(name, upgraded, installation):
    """P1."""
    *_, ended = upgraded
    assert ended[name]["status"] == "SUCCEEDED", ended[name].get("cause")
    [shop] = [shop for shop in installation.shops if shop.name == name]
    assert [*shop.shares().values()] == [100.0]
    assert [*shop.shares()] != ["1"]


@pytest.fixture(scope="module")
def removed(upgraded, installation, tmp_path_factory):
    """Remove the stack in the documented order, with a rollout in its step; return what the scripts print."""
    folder = tmp_path_factory.mktemp("removal")
    arn = installation.roll_out("removed-shop", STEP)
    installation.executions.wait_for_state(arn, "WaitForMetrics")
    outputs = installation.outputs
    settings = {"STATE_MACHINE_ARN": outputs["StateMachineArn"], "LEDGER_TABLE": outputs["LedgerTableName"]}

    def run(script):
        return installation.run(f"remove/{script}.sh", folder, **settings)

    run("freeze")
    printed = {"running": run("running"), "open": run("open"), "split": run("left")}
    run("abort")
    wait_for(lambda: not run("open").strip(), lambda: f"An alias stays locked: {run('open')}")
    printed |= {"running at the end": run("running"), "left": run("left")}
    run("delete")
    printed |= {"left after all": run("left")}
    table = installation.sandbox.client("dynamodb").describe_table(TableName=settings["LEDGER_TABLE"])["Table"]
    run("tidy")
    return printed, table["TableStatus"]


def test_scripts_find_the_live_rollout(removed):
    printed, _ = removed
    assert printed["running"].strip()
    assert "removed-shop/live" in printed["open"]
    assert "removed-shop:live" in printed["split"]
    assert "removed-shop:rollout-stable-live" in printed["split"]


def test_removal_in_order_leaves_no_split_alias_and_no_stable_alias(removed, installation):
    """P1."""
    printed, _ = removed
    assert printed["running at the end"].strip() == ""
    assert printed["left"].strip() == printed["left after all"].strip() == ""
    [shop] = [shop for shop in installation.shops if shop.name == "removed-shop"]
    assert shop.shares() == {"1": 100.0}


def test_ledger_is_retained(removed):
    _, status = removed
    assert status == "ACTIVE"


def test_stack_that_is_deleted_during_a_rollout_leaves_what_the_document_says(removed, installation, tmp_path):
    installation.deploy(installation.release.folder / "packaged.yaml", tmp_path)
    arn = installation.roll_out("abandoned-shop", STEP)
    installation.executions.wait_for_state(arn, "WaitForMetrics")
    [shop] = [shop for shop in installation.shops if shop.name == "abandoned-shop"]
    wait_for(lambda: len(shop.shares()) > 1, lambda: "The canary gets no share.")
    installation.run("remove/delete.sh", tmp_path)
    left = installation.run("remove/left.sh", tmp_path)
    lines = sorted(line.split()[0].rpartition(":")[2] + f" {line.split()[1]}" for line in left.strip().splitlines())
    assert lines == ["live 1", "rollout-stable-live 1"]
