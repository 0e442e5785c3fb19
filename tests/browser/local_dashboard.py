"""A dashboard whose functions run in this process: the page, its server and its sanitizer are the sandbox's."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sandbox.dashboard.server import Dashboard
from sandbox.dashboard.users import User
from tests.unit.dashboard.pages import ENDPOINTS

ACCOUNT = "123456789012"
WIDGET, COMMANDS = ENDPOINTS.show_rollouts, ENDPOINTS.take_command
ALLOWED = {"viewer": {WIDGET}, "operator": {WIDGET, COMMANDS}}
Handler = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class LocalFunctions:
    """Lambda as one user sees it."""

    user: str
    handlers: dict[str, Handler]

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - Lambda's names
        if FunctionName not in ALLOWED[self.user]:
            message = f"User: {self.user} is not authorized to perform: lambda:InvokeFunction"
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "Invoke")
        returned = self.handlers[FunctionName](json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(returned).encode())}


@dataclass(frozen=True)
class LocalDashboards:
    """CloudWatch with one dashboard."""

    body: dict[str, Any]

    def get_dashboard(self, *, DashboardName: str) -> dict[str, str]:  # noqa: N803 - CloudWatch's names
        return {"DashboardName": DashboardName, "DashboardBody": json.dumps(self.body)}


def local_dashboard(widget: Handler, commands: Handler, *others: dict[str, Any]) -> Dashboard:
    """Return a dashboard with a custom widget, in front of other widgets."""
    properties = {"endpoint": WIDGET, "params": {"limit": 5}, "title": "Rollouts"}
    custom = {"type": "custom", "width": 24, "height": 12, "properties": properties}
    handlers = {WIDGET: widget, COMMANDS: commands}
    dashboards = LocalDashboards({"widgets": [custom, *others]})
    users = {name: User(name, dashboards, LocalFunctions(name, handlers)) for name in ALLOWED}
    return Dashboard("rollouts", ACCOUNT, users)
