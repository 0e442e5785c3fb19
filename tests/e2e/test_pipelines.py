"""Pipelines that wait for a rollout: the documented scripts, run by bash and the real `aws`."""

import json
import time
from dataclasses import dataclass
from subprocess import CompletedProcess

import pytest

from tests.adopting.workshop import EXAMPLES, SOON, Team

pytestmark = pytest.mark.heavy
SHORT_SLEEP = "sleep() { command sleep 3; }\n"
"""Put before each script, which sleeps for tens of seconds: a rollout of the sandbox takes seconds."""


@dataclass(frozen=True)
class ScriptRuns:
    """How each script ended, and what the alias serves after all of them."""

    promoted: CompletedProcess[str]
    refused: CompletedProcess[str]
    published: CompletedProcess[str]
    published_again: CompletedProcess[str]
    served: dict[str, float]


@pytest.fixture(scope="module")
def script_runs(request, stack, tmp_path_factory):
    """Let a pipeline roll out versions 2 and 3; the stories run at the same time if the suite runs them."""
    if any("stories" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("stories")
    policy = {"Name": "/rollouts/policies/piped", "Type": "String", "Value": json.dumps(SOON), "Overwrite": True}
    stack.client("ssm").put_parameter(**policy)
    shop = stack.shop("piped", opted_in=False)
    shop.publish(delay_ms=1)
    team = Team("pipeline", tmp_path_factory.mktemp("pipeline"), stack.local.environment)

    def run(script: str) -> CompletedProcess[str]:
        settings = {"FUNCTION": shop.name, "STATE_MACHINE_ARN": stack.outputs["StateMachineArn"]}
        return team.run_unchecked(SHORT_SLEEP + (EXAMPLES / "pipeline" / script).read_text(), **settings)

    refused = run("start-and-wait.sh")
    stack.wait_for_version_events(shop, 2)
    shop.opt_in()
    shop.tag("rollout:policy", "piped")
    promoted = run("start-and-wait.sh")
    _change(stack, shop.name)
    return ScriptRuns(promoted, refused, run("publish-and-wait.sh"), run("publish-and-wait.sh"), shop.shares())


def test_script_exits_with_0_after_promotion(script_runs):
    promoted = script_runs.promoted
    assert (promoted.returncode, promoted.stdout.split()[:1]) == (0, ["SUCCEEDED"]), promoted


def test_script_exits_with_1_and_prints_cause_after_rejection(script_runs):
    assert script_runs.refused.returncode == 1
    assert "FAILED\tNotOptedInError\tpiped has no tag rollout:alias" in script_runs.refused.stdout


def test_script_publishes_version_and_waits_for_its_rollout(script_runs):
    """P7: a repeated event starts nothing, and the script reports the ending of the first rollout."""
    for ended in (script_runs.published, script_runs.published_again):
        *_, said, reason = ended.stdout.splitlines()
        assert (ended.returncode, said.split()[:1]) == (0, ["SUCCEEDED"]), ended
        assert "version 3" in reason, ended
    assert script_runs.served == {"3": 100}


def _change(stack, function: str) -> None:
    functions = stack.client("lambda")
    functions.update_function_configuration(FunctionName=function, Description=f"changed at {time.time()}")
    functions.get_waiter("function_updated_v2").wait(FunctionName=function, WaiterConfig={"Delay": 0.1})
