"""Builds HTML as trees of elements: texts and attributes are escaped when the tree is written, never by the caller."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

Child = Element | str | None
"""What an element can hold; None is left out."""


def tag(kind: str, /, *children: Child, **attributes: object) -> Element:
    """Return an element. `class_` is the attribute class; an attribute that is None is left out."""
    element = Element(kind, {_name(key): str(value) for key, value in attributes.items() if value is not None})
    for child in children:
        append(element, child)
    return element


def append(element: Element, child: Child) -> None:
    """Append a text or an element to an element."""
    if child is None:
        return
    if isinstance(child, Element):
        element.append(child)
    elif len(element):
        element[-1].tail = f"{element[-1].tail or ''}{child}"
    else:
        element.text = f"{element.text or ''}{child}"


def outside(text: object) -> Element:
    """Return a text that others wrote, isolated so that its direction changes nothing around it."""
    return tag("span", str(text), dir="auto")


def render(elements: Iterable[Element]) -> str:
    """Return the HTML of elements, one after the other."""
    return "".join(tostring(element, encoding="unicode", method="html") for element in elements)


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
