"""The code and the dashboard of the stand-in: its functions return the event that they got, as HTML."""

import io
import zipfile
from typing import Any

NAME, WIDGET, COMMANDS = "stand-in", "stand-in-widget", "stand-in-commands"
"""The names of the dashboard, of the widget's function, and of the one behind its buttons."""
_SOURCE = """
import html
import json
def handler(event, context):
    if event.get("fail"):
        raise LookupError("configured failure")
    if event.get("markdown"):
        return {"markdown": event["markdown"]}
    return "<script>alert(1)</script><pre>" + html.escape(json.dumps(event)) + "</pre>"
"""


def _package() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", _SOURCE)
    return archive.getvalue()


CODE = _package()


def body(endpoint: str) -> dict[str, Any]:
    """Return a dashboard with a text, a metric widget, and a custom widget with parameters."""
    custom = {"endpoint": endpoint, "params": {"limit": 5}, "title": "Rollouts"}
    return {
        "widgets": [
            {"type": "text", "width": 24, "height": 2, "properties": {"markdown": "# Hello <script>alert(1)</script>"}},
            {"type": "custom", "y": 2, "width": 24, "height": 8, "properties": custom},
            {"type": "metric", "y": 10, "properties": {"title": "Endings"}},
        ]
    }
