"""Removes from a widget's HTML what the CloudWatch console removes: scripts, <iframe>, <use> and javascript: links.

AWS documents what it removes by example only, so this list permits less: the tags and attributes of text, tables, forms
and drawings, and <cwdb-action>.
"""

import nh3

_TEXT = (
    "a abbr article aside b bdi bdo blockquote br button cite code dd del details dfn div dl dt em figcaption figure"
    " footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark meter nav ol p pre progress q s samp section small"
    " span strong style sub summary sup time u ul var wbr"
)
_TABLES = "caption col colgroup table tbody td tfoot th thead tr"
_FORMS = "datalist fieldset form input label legend optgroup option select textarea"
_DRAWINGS = (
    "svg g path rect circle ellipse line polyline polygon text tspan title desc defs linearGradient radialGradient stop"
    " clipPath mask pattern marker symbol"
)
TAGS = frozenset(f"{_TEXT} {_TABLES} {_FORMS} {_DRAWINGS} cwdb-action".split())

_EVERYWHERE = "class id style title role lang dir hidden open tabindex colspan rowspan scope datetime width height"
_OF_FORMS = (
    "name value type placeholder for checked selected disabled required size maxlength min max step rows cols list"
)
_OF_DRAWINGS = (
    "viewBox preserveAspectRatio xmlns version x y x1 x2 y1 y2 cx cy r rx ry d points dx dy fill fill-opacity fill-rule"
    " stroke stroke-width stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit"
    " stroke-opacity opacity transform text-anchor dominant-baseline font-family font-size font-weight font-style"
    " offset stop-color stop-opacity gradientUnits gradientTransform clip-path clip-rule clipPathUnits mask"
    " marker-start marker-mid marker-end markerWidth markerHeight markerUnits orient refX refY patternUnits"
    " patternTransform vector-effect shape-rendering display visibility textLength lengthAdjust rotate"
)
ATTRIBUTES = {
    "*": {*_EVERYWHERE.split(), *_OF_FORMS.split(), *_OF_DRAWINGS.split()},
    "a": {"href"},
    "img": {"src", "alt"},
    "cwdb-action": {"action", "confirmation", "display", "endpoint", "event"},
}

_OF_THE_PAGE = frozenset(
    "action attributes children elements id length method name parentNode style submit title".split()  # noqa: SIM905
)
"""Names by which an element would replace a property of its form or of the page; DOMPurify removes them too."""


def sanitize(html: str) -> str:
    """Return the HTML that the page may show; links open in a window of their own."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_drop_names_of_the_page,
        clean_content_tags={"script"},
        generic_attribute_prefixes={"aria-", "data-"},
        url_schemes={"https", "http", "mailto"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _drop_names_of_the_page(_tag: str, attribute: str, value: str) -> str | None:
    return None if attribute in ("name", "id") and value in _OF_THE_PAGE else value
