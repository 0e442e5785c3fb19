"""The page treats a custom widget as the CloudWatch console does, in a real browser."""

import html
import json

import pytest

from sandbox.dashboard.opened_page import OpenedPage
from sandbox.dashboard.server import serving
from tests.browser.local_dashboard import COMMANDS, WIDGET, local_dashboard

METRIC = {"type": "metric", "x": 0, "y": 12, "width": 12, "height": 6, "properties": {"title": "Endings"}}
TEXT = {"type": "text", "x": 12, "y": 12, "width": 12, "height": 6, "properties": {"markdown": "# Hello"}}


class Answers:
    """The widget's function and that behind its buttons: each returns the HTML of the test, and keeps its events."""

    def __init__(self):
        self.html, self.command_html, self.events = "", "taken", []

    def widget(self, event):
        self.events.append(event)
        return self.html.replace("THEME", event["widgetContext"]["theme"])

    def commands(self, event):
        self.events.append(event)
        return self.command_html

    def forms(self):
        return [event["widgetContext"]["forms"]["all"] for event in self.events]


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def opened(browser, answers):
    """Open the page with the HTML of the widget."""
    with serving(local_dashboard(answers.widget, answers.commands, METRIC, TEXT)) as address:

        def opened(html, **settings):
            answers.html = html
            return OpenedPage(browser, address, **settings)

        yield opened


def action(content="{}", **attributes):
    pairs = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<a class="btn">Act</a><cwdb-action {pairs}>{html.escape(content, quote=False)}</cwdb-action>'


def call(payload=None, endpoint=COMMANDS, **attributes):
    return action(json.dumps(payload or {}), action="call", endpoint=endpoint, **attributes)


def test_html_is_shown_and_what_could_run_is_not(opened):
    page = opened("<style>b { color: rgb(1, 2, 3) }</style><b>bold</b><script>document.title = 'run'</script>")
    assert page.text == "bold"
    assert page.find(".content b").value_of_css_property("color") == "rgba(1, 2, 3, 1)"
    assert page.script("return document.title") != "run"


def test_other_widgets_have_their_title_or_text(opened):
    page = opened("x")
    assert "Endings\nCloudWatch draws this metric widget" in page.find(".widget.metric").text
    assert page.find(".widget.text h1").text == "Hello"


def test_action_replaces_the_widget_with_the_answer_of_its_call(opened, answers):
    page = opened(call({"command": "approve", "page": "<x>"}), user="operator")
    answers.html = "later"
    page.click("Act")
    page.wait(lambda: page.text == "taken")
    (event,) = [event for event in answers.events if "command" in event]
    assert (event["command"], event["page"], event["widgetContext"]["params"]) == ("approve", "<x>", {"limit": 5})


def test_call_shows_its_answer_in_a_popup(opened, answers):
    page = opened(call(display="popup"), user="operator")
    page.click("Act")
    page.wait(lambda: page.popup == "taken")
    page.click("Close", "#popup")
    page.wait(lambda: not page.popup)
    assert page.text == "Act"


def test_action_shows_html_that_is_hidden_until_then(opened):
    page = opened('<a class="btn">Act</a><cwdb-action display="popup"><b>more</b></cwdb-action>')
    assert page.text == "Act"
    page.click("Act")
    page.wait(lambda: page.popup == "more")


def test_confirmation_is_asked_and_cancel_calls_nothing(opened, answers):
    page = opened(call({"command": "approve"}, confirmation="Approve version 2?"), user="operator")
    page.click("Act")
    assert page.confirm("Cancel") == "Approve version 2?"
    page.wait_for_refresh()
    assert not [event for event in answers.events if "command" in event]
    page.click("Act")
    page.confirm()
    page.wait(lambda: page.text == "taken")


def test_call_carries_the_fields_of_the_forms(opened, answers):
    fields = (
        '<input name="reason"><input type="checkbox" name="off"><input type="checkbox" name="on" checked>'
        '<select name="one"><option>a</option><option selected>b</option></select><textarea name="text">t</textarea>'
    )
    page = opened(f"<form>{fields}</form>{call()}", user="operator")
    page.type({"reason": 'a "b" <c>'})
    page.click("Act")
    page.wait(lambda: page.text == "taken")
    assert answers.forms()[0] == {}
    assert {"reason": 'a "b" <c>', "on": "on", "one": "b", "text": "t"} in answers.forms()


def test_refresh_calls_with_the_parameters_of_the_widget_and_its_forms(opened, answers):
    page = opened('<input type="hidden" name="page" value="2">' + call({"page": "3"}, endpoint=WIDGET))
    page.wait_for_refresh()
    newest = answers.events[-1]
    assert (newest["limit"], newest["widgetContext"]["forms"]["all"]) == (5, {"page": "2"})


def test_refresh_leaves_a_field_that_has_the_focus(opened, answers):
    page = opened('<input name="reason">')
    page.find("[name=reason]").send_keys("half a rea")
    answers.html = "refreshed"
    page.script("return refresh()")
    assert page.find("[name=reason]").get_property("value") == "half a rea"
    page.script("document.activeElement.blur()")
    page.wait(lambda: page.text == "refreshed")


def test_refresh_that_began_before_a_field_was_filled_leaves_it(opened, answers):
    page = opened('<input name="reason">')
    answers.html = "refreshed"
    page.script("refresh(); document.querySelector('[name=reason]').value = 'typed meanwhile'")
    page.wait(lambda: "typed meanwhile" in [form.get("reason") for form in answers.forms()])
    assert {"reason": ""} in answers.forms()
    page.wait(lambda: page.text == "refreshed")


def test_viewer_sees_the_denial_of_an_action(opened, answers):
    page = opened(call({"command": "approve"}), user="viewer")
    page.click("Act")
    page.wait(lambda: page.text == "User: viewer is not authorized to perform: lambda:InvokeFunction")
    assert not [event for event in answers.events if "command" in event]


def test_switches_change_the_user_and_the_theme_of_the_page_and_of_the_calls(opened, answers):
    page = opened("seen in THEME")
    assert page.text == "seen in light"
    page.click("Dark theme", "header")
    page.wait(lambda: page.text == "seen in dark")
    assert page.find("html").get_attribute("data-theme") == "dark"
    page.choose_user("operator")
    assert "user=operator&theme=dark&" in page.driver.current_url


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_page_is_as_wide_as_its_window(opened, width):
    page = opened(f"<p>{'word ' * 200}</p>", width=width)
    assert page.script("return window.innerWidth") == width
    assert page.overflow() == []
    assert 0 < page.widget.size["width"] <= width


def test_overflow_is_found(opened):
    assert opened('<p style="width: 900px">x</p>', width=320).overflow() != []


def test_page_reports_no_errors(opened):
    page = opened("x")
    page.errors()
    page.wait_for_refresh()
    assert page.errors() == []
