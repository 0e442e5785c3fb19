"""A widget's function is called with what the CloudWatch console passes, and its answer is HTML, Markdown or JSON."""

from datetime import UTC, datetime

import pytest

from sandbox.dashboard.calls import render, widget_context
from sandbox.dashboard.widgets import Widget

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
PAGE = {
    "theme": "dark",
    "width": 588,
    "height": 369,
    "locale": "en",
    "timezone": {"label": "UTC", "offsetISO": "+00:00", "offsetInMinutes": 0},
    "forms": {"all": {"reason": "x"}},
}


def test_context_has_the_fields_that_aws_documents():
    widget = Widget("widget-0", "custom", "Rollouts", {}, endpoint="arn", params={"limit": 5})
    context = widget_context("rollouts", "111111111111", widget, PAGE | {"unknown": 1}, NOW)
    hour = 3_600_000
    end = NOW.timestamp() * 1000
    assert context == PAGE | {
        "dashboardName": "rollouts",
        "widgetId": "widget-0",
        "accountId": "111111111111",
        "period": 300,
        "isAutoPeriod": True,
        "timeRange": {"mode": "relative", "start": end - 3 * hour, "end": end, "relativeStart": 3 * hour},
        "linkCharts": True,
        "title": "Rollouts",
        "params": {"limit": 5},
    }


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        ("<b>x</b>", "<b>x</b>"),
        ({"markdown": "**x** <i>"}, "<p><strong>x</strong> <i></p>\n"),
        ({"a": "<b>"}, "<pre><code>{\n  &quot;a&quot;: &quot;&lt;b&gt;&quot;\n}\n</code></pre>\n"),
        (None, "<pre><code>null\n</code></pre>\n"),
    ],
)
def test_answer_is_html_or_markdown_or_json(returned, shown):
    assert render(returned) == shown
