# ruff: noqa: INP001 - a command, run by make
"""Draws the state machines in their pages: `make diagram`. With --check, fails if a picture is out of date."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=<!-- statemachine -->\n).*?(?=<!-- /statemachine -->)", re.DOTALL)
PAGES = {
    "README.md": "rollout.asl.json",
    "docs/operating.md": "command.asl.json",
    "docs/releases.md": "release.asl.json",
}
"""The state machine that each page shows."""
SHAPES = {
    "Task": "{0}[{0}]",
    "Choice": "{0}{{{{{0}}}}}",
    "Map": "{0}[[{0}]]",
    "Pass": "{0}[/{0}/]",
    "Wait": "{0}([{0}])",
    "Succeed": "{0}([{0}]):::green",
    "Fail": "{0}([{0}]):::red",
}
STYLES = {
    "green": "fill:#1a7f37,stroke:#1a7f37,color:#fff",
    "red": "fill:#cf222e,stroke:#cf222e,color:#fff",
    "back": "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
}
"""CSS by the class of a node."""


def picture(machine: dict[str, Any]) -> str:
    """Return the state machine as mermaid. Caught errors are dashed, and choices are labeled with their value."""
    states = machine["States"]
    nodes = [SHAPES[state["Type"]].format(name) for name, state in states.items()]
    arrows = [arrow for name, state in states.items() for arrow in _arrows(name, state)]
    handlers = {target for state in states.values() for target in _caught(state) if states[target]["Type"] == "Task"}
    classes = [f"class {name} back" for name in sorted(handlers)]
    styles = [f"classDef {name} {style}" for name, style in STYLES.items()]
    return "\n    ".join(["flowchart TD", *nodes, *arrows, *classes, *styles])


def _arrows(name: str, state: dict[str, Any]) -> Iterator[str]:
    for target, labels in _successors(state).items():
        yield f"{name} -->|{', '.join(labels)}| {target}" if labels else f"{name} --> {target}"
    yield from (f"{name} -.-> {target}" for target in _caught(state))


def _successors(state: dict[str, Any]) -> dict[str, list[str]]:
    """Return the possible next states, each with the values of the choices that lead to it."""
    labels: dict[str, list[str]] = {state["Next"]: []} if "Next" in state else {}
    for rule in state.get("Choices", []):
        if "And" in rule:
            labels.setdefault(rule["Next"], []).append(f"{rule['And'][-1]['StringEquals']}, with hooks")
        elif rule.get("StringEquals"):
            labels.setdefault(rule["Next"], []).append(rule["StringEquals"])
        elif "StringMatches" in rule:
            labels.setdefault(rule["Next"], []).append(
                "JSON" if "{" in rule["StringMatches"] else rule["StringMatches"]
            )
    if "Default" in state:
        labels.setdefault(state["Default"], []).append("else")
    return labels


def _caught(state: dict[str, Any]) -> list[str]:
    """Return the states that a caught error leads to and success does not, each once."""
    return [*{catch["Next"]: None for catch in state.get("Catch", []) if catch["Next"] not in _successors(state)}]


def drawn(page: str, text: str) -> str:
    """Return the text of a page with the current picture of its state machine."""
    machine = json.loads((ROOT / "statemachine" / PAGES[page]).read_text())
    return BLOCK.sub(lambda _: f"```mermaid\n{picture(machine)}\n```\n", text)


def main() -> None:
    """Write the pictures, or compare them with --check."""
    for page, machine in PAGES.items():
        current = (ROOT / page).read_text()
        expected = drawn(page, current)
        if "--check" not in sys.argv:
            (ROOT / page).write_text(expected)
        elif current != expected:
            sys.exit(f"{page} shows another state machine than statemachine/{machine}: run make diagram")


if __name__ == "__main__":
    main()
