"""Texts with which others may try to run a script in a page, to break out of it, or to deceive its reader.

They stand for what comes from outside: names, tags, reasons, errors and log lines. A page shows each as text.
"""

HOSTILE_STRINGS: tuple[str, ...] = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><use href='#x'></use></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>click</a>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input name=reason></form>",
    '<cwdb-action action="call" endpoint="arn:aws:lambda:eu-west-1:123456789012:function:evil">{}</cwdb-action>',
    "</cwdb-action><b>outside</b>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '" style="position:fixed;inset:0" x="',
    "</style><script>alert(1)</script>",
    "</title></textarea></noscript><script>alert(1)</script>",
    "<!-- --!><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;b&#x3e;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %}",
    '{"command": "abort"} {percent} {0} %s %(name)s',
    "\u202egnp.exe\u202c \u2066reversed\u2069 zero\u200bwidth \ufeff",
    "line\r\nbreak\ttab\x0bvertical\x1b[31mred\x07bell",
    "naïve Ünïcode 版本 إصدار 🚀 \u0301\u0301\u0301",
    "`backtick` *bold* [link](javascript:alert(1)) | cell | \n# heading",
    "A" * 5_000,
)
"""More than thirty of them. None has a NUL or a lone surrogate, which neither JSON readers nor DynamoDB pass on."""
