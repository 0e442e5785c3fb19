"""Reads stack traces of Python, Node.js, Java and Go in one text, with any kind of line break."""

import re

_PYTHON = re.compile(r'File "([^"\n]{1,400})", line (\d+), in ([^\s,]{1,120})')
_NODE = re.compile(r"\bat (?:async )?(?:([^\s(]{1,200}) )?\(?((?:file://)?/?[^\s()]{1,400}):(\d+):\d+\)?")
_JAVA = re.compile(r"\bat ([\w.$<>/]{1,300})\(([\w.]{1,200}):(\d+)\)")
_GO = re.compile(r'"path": ?"([^"]{1,400})", ?"line": ?(\d+), ?"label": ?"([^"]{1,200})"')
_LINE_BREAK = re.compile(r"[\r\n]+")
_OF_THE_RUNTIME = ("/var/runtime/", "/var/lang/", "/opt/python/", "node:", "importlib")
_BEGIN = re.compile(
    r"Traceback \(most recent call last\)|\s(?:File \"|at [\w.$<>/]{1,300}[ (])|[\r\n][^\S\r\n]{1,100}at "
)
"""The begin of a stack trace. No two of its repetitions match the same blank lines, so many of them take no time."""


def innermost_frame(text: str) -> str:
    """Return the innermost place in the function's own code, such as `app.py, line 3, in handler`; empty if none."""
    python = [(path, line, name) for path, line, name in _PYTHON.findall(text)]
    javascript = [(path, line, name) for name, path, line in _NODE.findall(text)]
    java = [(path, line, name) for name, path, line in _JAVA.findall(text)]
    go = [(path, line, name) for path, line, name in _GO.findall(text)]
    frames = [*reversed(python), *java, *javascript, *go]
    own = [frame for frame in frames if not frame[0].startswith(_OF_THE_RUNTIME)]
    if not frames:
        return ""
    path, line, name = (own or frames)[0]
    return f"{path.rpartition('/')[2]}, line {line}{f', in {name}' if name else ''}"


def without_frames(text: str) -> str:
    """Return what precedes the stack trace of a text, on one line."""
    found = _BEGIN.search(text)
    before = text[: found.start()] if found else text
    return " ".join(before.split())


def last_line(text: str) -> str:
    """Return the last line that is no frame, which names the error in a Python stack trace; empty if there is none."""
    lines = [line for line in _LINE_BREAK.split(text) if line.strip()]
    return lines[-1].strip() if lines and not lines[-1].startswith((" ", "\t")) else ""
