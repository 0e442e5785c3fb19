"""Pipelines that wait: the documented scripts, run by bash and the real `aws`, end as the rollout ends."""

import json
import time
from dataclasses import dataclass
from subprocess import CompletedProcess

import pytest

from tests.adopting.workshop import EXAMPLES, SOON, Team

pytestmark = pytest.mark.heavy
HURRIED = "sleep() { command sleep 3; }\n"
"""Before each script: a rollout of seconds is not waited for by tens of them."""


@dataclass(frozen=True)
class Waited:
    """How each script ended."""

    promoted: CompletedProcess[str]
    refused: CompletedProcess[str]
    published: CompletedProcess[str]
    published_again: CompletedProcess[str]
    served: dict[str, float]


@pytest.fixture(scope="module")
def waited(request, sandbox, tmp_path_factory):
    """Have a pipeline roll out versions 2 and 3; where the suite plays its stories too, they go on meanwhile."""
    if any("stories" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("stories")
    policy = {"Name": "/rollouts/policies/piped", "Type": "String", "Value": json.dumps(SOON), "Overwrite": True}
    sandbox.client("ssm").put_parameter(**policy)
    shop = sandbox.shop("piped", opted_in=False)
    shop.publish(delay_ms=1)
    team = Team("pipeline", tmp_path_factory.mktemp("pipeline"), sandbox.local.environment)

    def run(script: str) -> CompletedProcess[str]:
        settings = {"FUNCTION": shop.name, "STATE_MACHINE_ARN": sandbox.outputs["StateMachineArn"]}
        return team.ended(HURRIED + (EXAMPLES / "pipeline" / script).read_text(), **settings)

    refused = run("start-and-wait.sh")
    sandbox.left_alone(shop, versions=2)
    shop.opt_in()
    shop.tag("rollout:policy", "piped")
    promoted = run("start-and-wait.sh")
    _change(sandbox, shop.name)
    return Waited(promoted, refused, run("publish-and-wait.sh"), run("publish-and-wait.sh"), shop.served())


def test_a_promotion_ends_the_wait_with_0(waited):
    assert (waited.promoted.returncode, waited.promoted.stdout.split()[:1]) == (0, ["SUCCEEDED"]), waited.promoted


def test_a_refusal_ends_the_wait_otherwise_and_prints_the_sentence(waited):
    assert waited.refused.returncode == 1
    assert "FAILED\tNotOptedInError\tpiped has no tag rollout:alias" in waited.refused.stdout


def test_a_published_version_is_told_found_and_waited_for(waited):
    """P7: telling it anew starts nothing, and says what became of it."""
    for ended in (waited.published, waited.published_again):
        assert (ended.returncode, ended.stdout.splitlines()[-1].split()[:1]) == (0, ["SUCCEEDED"]), ended
    assert waited.served == {"3": 100}


def _change(sandbox, function: str) -> None:
    functions = sandbox.client("lambda")
    functions.update_function_configuration(FunctionName=function, Description=f"changed at {time.time()}")
    functions.get_waiter("function_updated_v2").wait(FunctionName=function, WaiterConfig={"Delay": 0.1})
