"""Invokes a function for a widget as the console does: with its parameters and a `widgetContext`, as the user."""

import json
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from markdown_it import MarkdownIt

from sandbox.dashboard.sanitizer import sanitize
from sandbox.dashboard.users import User
from sandbox.dashboard.widgets import Widget

_SHOWN = timedelta(hours=3)
_FROM_THE_PAGE = ("theme", "width", "height", "locale", "timezone", "forms")


def widget_context(
    dashboard: str, account: str, widget: Widget, page: dict[str, Any], now: datetime
) -> dict[str, object]:
    """Return what the console passes with each call; `page` has what only the browser knows."""
    span = {name: round(at.timestamp() * 1000) for name, at in (("start", now - _SHOWN), ("end", now))}
    return {
        "dashboardName": dashboard,
        "widgetId": widget.id,
        "accountId": account,
        "period": 300,
        "isAutoPeriod": True,
        "timeRange": {"mode": "relative", **span, "relativeStart": round(_SHOWN.total_seconds() * 1000)},
        "linkCharts": True,
        "title": widget.title,
        "params": widget.params,
        **{name: page[name] for name in _FROM_THE_PAGE},
    }


def call(user: User, endpoint: str, payload: dict[str, Any], context: dict[str, object]) -> dict[str, str]:
    """Return `html` to show, or `error` where IAM denies the call or the function fails."""
    event = {**payload, "widgetContext": context}
    try:
        answer = user.functions.invoke(FunctionName=endpoint, Payload=json.dumps(event).encode())
    except ClientError as error:
        return {"error": error.response["Error"]["Message"]}
    returned = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        return {"error": f"{endpoint} failed: {returned.get('errorType')}: {returned.get('errorMessage')}"}
    return {"html": sanitize(render(returned))}


def render(returned: object) -> str:
    """Return the HTML of an answer, which is HTML, Markdown in an object, or any other JSON."""
    match returned:
        case str(html):
            return html
        case {"markdown": str(markdown)}:
            return render_markdown(markdown)
        case _:
            return render_markdown("\n".join(f"    {line}" for line in json.dumps(returned, indent=2).splitlines()))


def render_markdown(markdown: str) -> str:
    return str(MarkdownIt().render(markdown))
