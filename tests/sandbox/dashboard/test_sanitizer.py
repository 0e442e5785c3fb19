"""The page shows of a widget's HTML what CloudWatch shows, and nothing that runs."""

import pytest

from sandbox.dashboard.sanitizer import sanitize

ACTION = (
    '<cwdb-action action="call" endpoint="arn:aws:lambda:eu-west-1:1:function:f" confirmation="sure?" display="popup">'
    '{"a": "&lt;b&gt;"}</cwdb-action>'
)


@pytest.mark.parametrize(
    "html",
    [
        ACTION,
        '<style>.share > b { color: red }</style><p class="share" style="color: red">10 %</p>',
        '<svg viewBox="0 0 9 9"><title>share</title><path d="M0 0L9 9" stroke-width="2"></path></svg>',
        '<form><input name="reason" value="a &quot;b&quot;"><textarea name="why">&lt;b&gt;</textarea></form>',
        '<details open=""><summary>more</summary><table><tbody><tr><td>1</td></tr></tbody></table></details>',
    ],
)
def test_html_that_cloudwatch_shows_is_kept(html):
    assert sanitize(html) == html


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<script>alert(1)</script>x", "x"),
        ("<p onclick='alert(1)'>x</p>", "<p>x</p>"),
        ("<iframe src='https://example.com'></iframe>x", "x"),
        ('<svg><use href="#x"></use><path d="M0" onload="alert(1)"></path></svg>', '<svg><path d="M0"></path></svg>'),
        ('<img src="x:y" onerror="alert(1)">', "<img>"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>", '<svg><style></style></svg><img src="x">'),
        ("<object data=x></object><embed src=x><link href=x><meta><base href=x>x", "x"),
    ],
)
def test_html_that_could_run_is_removed(html, shown):
    assert sanitize(html) == shown


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"])
def test_link_keeps_no_address_that_could_run(address):
    assert "href" not in sanitize(f'<a href="{address}">x</a>')


@pytest.mark.parametrize("name", ["name", "action", "submit"])
def test_field_cannot_replace_a_property_of_its_form(name):
    assert sanitize(f'<input name="{name}" id="{name}">') == "<input>"


def test_link_opens_in_a_window_that_cannot_reach_the_page():
    shown = sanitize('<a href="https://example.com/?a=1">x</a>')
    assert 'target="_blank"' in shown
    assert 'rel="noopener noreferrer"' in shown
