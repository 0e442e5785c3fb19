"""The examples of docs/adopting.md, hooks.md, metrics.md, installing.md and removing.md: copied from their files."""

import difflib
import re
from itertools import chain
from pathlib import Path

from tests.adopting.workshop import EXAMPLES

DOCUMENT = EXAMPLES.parent / "adopting.md"
DOCUMENTS = (DOCUMENT, *(EXAMPLES.parent / f"{page}.md" for page in ("hooks", "metrics", "installing", "removing")))
_MARKED = re.compile(r"<!-- (diff|file): (\S+) -->\n(?:\n```\w+\n.*?\n```\n)?", re.DOTALL)
_LANGUAGES = {".sh": "bash", ".yml": "yaml", ".yaml": "yaml", ".py": "python", ".json": "json"}
_LANGUAGES |= {".tf": "hcl", ".ts": "typescript"}


def with_examples(text: str) -> str:
    """Return the document with every example as it is in its file."""
    return _MARKED.sub(lambda marker: f"<!-- {marker[1]}: {marker[2]} -->\n\n{_block(marker[1], marker[2])}\n", text)


def lines_changed(example: str) -> int:
    """Return the number of lines that a team changes: a line that is replaced counts once."""
    return sum(_count_changes(*_lines(before, after)) for before, after in _pairs(example))


def _count_changes(before: list[str], after: list[str]) -> int:
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(max(old_end - old, new_end - new) for tag, old, old_end, new, new_end in steps if tag != "equal")


def _pairs(example: str) -> list[tuple[Path, Path]]:
    befores = sorted((EXAMPLES / example).glob("before.*"), reverse=True)
    return [(before, before.with_stem("after")) for before in befores]


def _lines(before: Path, after: Path) -> tuple[list[str], list[str]]:
    return before.read_text().splitlines(), after.read_text().splitlines()


def _block(kind: str, name: str) -> str:
    if kind == "file":
        file = EXAMPLES / name
        return f"```{_LANGUAGES[file.suffix]}\n{file.read_text()}```"
    differences = chain.from_iterable(_difference(*pair) for pair in _pairs(name))
    return "\n".join(["```diff", *differences, "```"])


def _difference(before: Path, after: Path) -> list[str]:
    lines = difflib.unified_diff(*_lines(before, after), before.name, after.name, n=3, lineterm="")
    return [line for line in lines if not line.startswith("@@")]


if __name__ == "__main__":
    for document in DOCUMENTS:
        document.write_text(with_examples(document.read_text()))
