"""The colours and the layout of the dashboard, in a light and a dark theme.

CloudWatch documents the `<style>` tag for custom widgets. Without it every statement is still there as text.
"""

from typing import NamedTuple
from xml.etree.ElementTree import Element

from rollout.dashboard.event import Theme
from rollout.dashboard.html.tree import Child, tag


class Palette(NamedTuple):
    """The colours of a theme. Each pair of text and background has a contrast of at least 4.5 to 1."""

    text: str
    faint: str
    line: str
    panel: str
    stable: str
    canary: str
    good: str
    bad: str
    wait: str


PALETTES = {
    Theme.LIGHT: Palette(
        "#16191f", "#545b64", "#d5dbdb", "#f7f8f8", "#5a6b86", "#0f6cbd", "#1d6b2e", "#b4210b", "#8a5300"
    ),
    Theme.DARK: Palette(
        "#e9ebed", "#a7b1bd", "#414d5c", "#1d2632", "#8c9bb5", "#53a7ff", "#5fc774", "#ff8a76", "#f5b84d"
    ),
}

_SHEET = """
.lr{{color:{text};font-size:14px;line-height:1.45;overflow-wrap:anywhere}}
.lr h2{{font-size:17px;margin:0 0 6px}}.lr h3{{font-size:15px;margin:14px 0 4px}}
.lr p{{margin:3px 0}}.lr-faint{{color:{faint}}}
.lr-bar{{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;margin:6px 0}}
.lr-card{{border:1px solid {line};border-left:5px solid {faint};border-radius:4px;background:{panel};
padding:8px 10px;margin:8px 0;min-width:0}}
.lr-cards{{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}}.lr-cards .lr-card{{flex:1 1 380px;margin:0}}
.lr-card.lr-good{{border-left-color:{good}}}.lr-card.lr-bad{{border-left-color:{bad}}}
.lr-card.lr-wait{{border-left-color:{wait}}}
.lr-badge{{border:1px solid currentColor;border-radius:9px;padding:0 8px;font-weight:600;white-space:nowrap}}
.lr-good .lr-badge,.lr-word.lr-good{{color:{good}}}.lr-bad .lr-badge,.lr-word.lr-bad{{color:{bad}}}
.lr-wait .lr-badge,.lr-word.lr-wait{{color:{wait}}}
.lr-share{{display:flex;height:20px;border-radius:3px;overflow:hidden;margin:5px 0;background:{line}}}
.lr-share div{{min-width:2px}}.lr-stable{{background:{stable}}}.lr-canary{{background:{canary}}}
.lr-gauge{{height:6px;border-radius:3px;background:{line};overflow:hidden;margin:3px 0}}
.lr-gauge div{{height:6px;background:{good}}}.lr-gauge.lr-bad div{{background:{bad}}}
.lr-gauge.lr-wait div{{background:{wait}}}
.lr-key{{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:4px}}
.lr input,.lr select{{max-width:100%;color:{text};background:{panel};border:1px solid {faint};padding:3px 6px}}
.lr a.lr-danger{{color:{bad};border-color:{bad};font-weight:700}}
.lr details>summary{{cursor:pointer}}
.lr-scroll{{overflow-x:auto}}.lr table{{border-collapse:collapse}}
.lr td,.lr th{{text-align:left;vertical-align:top;padding:3px 8px;border-bottom:1px solid {line};color:{text};
overflow-wrap:normal}}.lr td:last-child{{min-width:180px;overflow-wrap:anywhere}}
.lr-charts{{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(330px,100%),1fr));gap:10px}}
.lr-charts>div{{min-width:0;max-width:620px}}
.lr-charts svg{{width:100%;height:auto;display:block}}
"""


def page(theme: Theme, *children: Child) -> list[Element]:
    """Return the elements of a page: the style of its theme, and its content."""
    return [tag("style", sheet(theme)), tag("div", *children, class_="lr")]


def sheet(theme: Theme) -> str:
    """Return the style of a theme."""
    return _SHEET.format(**PALETTES[theme]._asdict())
