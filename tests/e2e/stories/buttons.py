"""A rollout that is steered by the buttons of the dashboard, as CloudWatch sends them with the viewer's credentials."""

import json
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sandbox.server import ROOT
from sandbox.shop import Shop
from tests.e2e.stack import CONCURRENCY_SECONDS, Stack
from tests.e2e.stories.commands import SLOW
from tests.e2e.stories.documented_policies import client_with_policy
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start
from tests.e2e.waiting import POLL_SECONDS, wait_for

CLICK = json.loads((ROOT / "events" / "take_command_button.json").read_text())
EXECUTION_EVENT = json.loads((ROOT / "events" / "take_command.json").read_text())
FORM = {"reason": "to see the buttons", "given_by": "Anna Lee"}


@dataclass(frozen=True)
class SteeredRollout(FinishedRollout):
    """A rollout that has ended, with the answer to each click."""

    pages: dict[str, str]


def aborted_by_button(stack: Stack) -> SteeredRollout:
    """The next evaluation is a minute away. The viewer may start rollouts, but not press buttons."""
    shop = shop_with_canaries(stack, "buttons")
    viewer, operator = (client_with_policy(stack, policy, "lambda") for policy in ("starter", "presser"))
    buttons = stack.outputs["TakeCommandButtonsArn"]
    execution = start(stack, shop, policy=SLOW)
    stack.executions.wait_for_state(execution, "WaitForMetrics")
    pages = {
        "viewer": _invoke(viewer, buttons, _click(shop, "abort")),
        "function": _invoke(operator, buttons.removesuffix(":buttons"), EXECUTION_EVENT),
        "execution": _invoke(operator, buttons, EXECUTION_EVENT),
        "no name": _invoke(operator, buttons, _click(shop, "abort", {"reason": "to see"})),
        "another version": _invoke(operator, buttons, _click(shop, "abort", version="1")),
        "first": _invoke(operator, buttons, _click(shop, "pause")),
        "second": _invoke(operator, buttons, _click(shop, "pause")),
        "abort": _invoke(operator, buttons, _click(shop, "abort")),
    }
    wait_for(lambda: len(shop.shares()) == 1, lambda: f"{shop.name} is still split.")
    stack.ledger.wait_until_unlocked(shop)
    return SteeredRollout(shop, execution, finish(stack, shop, execution).description, pages)


def _click(shop: Shop, command: str, form: dict[str, str] = FORM, version: str = "2") -> dict[str, Any]:
    context = CLICK["widgetContext"] | {"forms": {"all": form}}
    return CLICK | {"function": shop.name, "command": command, "version": version, "widgetContext": context}


def _invoke(client: Any, function: str, event: dict[str, Any]) -> str:
    """Return the page that a click is answered with, or the code of the error; wait for free concurrency."""
    deadline = time.monotonic() + CONCURRENCY_SECONDS
    while True:
        try:
            return str(json.loads(client.invoke(FunctionName=function, Payload=json.dumps(event))["Payload"].read()))
        except client.exceptions.TooManyRequestsException:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
