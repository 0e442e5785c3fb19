"""Turns pygal's chart into an SVG that needs no style sheet, no script and no identifier.

pygal colours its charts by a style sheet, and writes its settings into a script even if it is to load none. CloudWatch
removes scripts, and two charts of one page would share a style sheet, so presentation attributes replace both.
"""

from typing import NamedTuple
from xml.etree.ElementTree import Element

from rollout.dashboard.html.tree import tag

_DROPPED = {"defs", "script", "style", "desc"}
_DROPPED_CLASSES = {"tooltip", "tooltip-overlay", "text-overlay"}
_FONT = "sans-serif"


class Colours(NamedTuple):
    """The colours of a chart: of its texts, its grid, and its lines in their order."""

    text: str
    grid: str
    lines: tuple[str, ...]


def with_presentation(svg: Element, title: str, colours: Colours) -> Element:
    """Return the chart with a title for screen readers and its look in attributes."""
    viewed = tag("svg", tag("title", title), viewBox=svg.get("viewBox"), role="img", aria_label=title)
    viewed.set("xmlns", "http://www.w3.org/2000/svg")
    for child in svg:
        if (copy := _copy(child, colours, "", "")) is not None and copy.tag != "title":
            viewed.append(copy)
    return viewed


def _copy(element: Element, colours: Colours, axis: str, line: str) -> Element | None:
    """Return an element with its look; `axis` is the axis and `line` the colour that it stands in; None if dropped."""
    classes = set((element.get("class") or "").split())
    if not isinstance(element.tag, str) or element.tag in _DROPPED or classes & _DROPPED_CLASSES:
        return None
    axis = next((name for name in ("x", "y") if "axis" in classes and name in classes), axis)
    line = _line_colour(classes, colours) or line
    copy = Element(element.tag, _kept(element) | _look(element.tag, classes, colours, axis, line))
    copy.text, copy.tail = element.text, element.tail
    copy.extend([child for each in element if (child := _copy(each, colours, axis, line)) is not None])
    _add_hint(copy, element)
    return copy


def _kept(element: Element) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if name not in ("class", "id", "style")}


def _line_colour(classes: set[str], colours: Colours) -> str:
    number = next((name.removeprefix("color-") for name in classes if name.startswith("color-")), "")
    return colours.lines[int(number) % len(colours.lines)] if number.isdecimal() else ""


def _look(kind: str, classes: set[str], colours: Colours, axis: str, line: str) -> dict[str, str]:
    if kind == "text":
        anchor = {"x": "middle", "y": "end"}.get(axis, "start")
        return {"fill": colours.text, "font-family": _FONT, "font-size": "11", "text-anchor": anchor}
    if kind == "path":
        return {"fill": "none", "stroke": line or colours.grid, "stroke-width": "2" if line else "0.6"}
    if kind == "circle":
        return {"fill": line}
    return {"fill": "none" if "background" in classes else line} if kind == "rect" else {}


def _add_hint(copy: Element, element: Element) -> None:
    """Keep a dot's value as the title that a browser shows under the pointer."""
    value = next((child for child in element if child.tag == "desc" and child.get("class") == "value"), None)
    if value is not None:
        copy.append(tag("title", value.text))
