"""Reads the widgets of a dashboard from its body."""

import json
from dataclasses import dataclass, field
from typing import Any


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


def widgets_of(body: str) -> list[Widget]:
    """Return the widgets of a dashboard, in the order of its body."""
    return [_widget(number, widget) for number, widget in enumerate(json.loads(body)["widgets"])]


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
