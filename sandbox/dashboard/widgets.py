"""Reads the widgets of a dashboard from its body."""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.dashboard.users import User


@dataclass(frozen=True)
class Widget:
    """A widget with its position in the grid of 24 columns; endpoint and params only where a function renders it."""

    id: str
    type: str
    title: str
    box: dict[str, int]
    text: str = ""
    """The Markdown of a text widget."""
    endpoint: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def read_widgets(user: User, dashboard: str) -> list[Widget]:
    """Return a dashboard's widgets as a user may read them. Raises botocore's ClientError where IAM denies it."""
    body = json.loads(user.cloudwatch.get_dashboard(DashboardName=dashboard)["DashboardBody"])
    return [_widget(number, widget) for number, widget in enumerate(body["widgets"])]


def _widget(number: int, widget: dict[str, Any]) -> Widget:
    properties = widget.get("properties", {})
    return Widget(
        id=f"widget-{number}",
        type=widget["type"],
        title=properties.get("title", ""),
        box={name: widget.get(name, least) for name, least in (("x", 0), ("y", 0), ("width", 6), ("height", 6))},
        text=properties.get("markdown", ""),
        endpoint=properties.get("endpoint", ""),
        params=properties.get("params", {}),
    )
