# ruff: noqa: INP001 - a command, run by make
"""Draws the state machine into the README: `make diagram`; with --check, says whether the picture is in step."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=<!-- statemachine -->\n).*?(?=<!-- /statemachine -->)", re.DOTALL)
SHAPES = {
    "Task": "{0}[{0}]",
    "Choice": "{0}{{{{{0}}}}}",
    "Wait": "{0}([{0}])",
    "Succeed": "{0}([{0}]):::green",
    "Fail": "{0}([{0}]):::red",
}
COLOURS = {
    "green": "fill:#1a7f37,stroke:#1a7f37,color:#fff",
    "red": "fill:#cf222e,stroke:#cf222e,color:#fff",
    "back": "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
}


def picture(machine: dict[str, Any]) -> str:
    """Return the state machine as mermaid: caught errors are dashed, choices bear the word they were made by."""
    states = machine["States"]
    nodes = [SHAPES[state["Type"]].format(name) for name, state in states.items()]
    arrows = [arrow for name, state in states.items() for arrow in _arrows(name, state)]
    caught = {after for state in states.values() for after in _caught(state) if states[after]["Type"] == "Task"}
    back = [f"class {name} back" for name in sorted(caught)]
    alarm_states = [f"classDef {name} {colour}" for name, colour in COLOURS.items()]
    return "\n    ".join(["flowchart TD", *nodes, *arrows, *back, *alarm_states])


def _arrows(name: str, state: dict[str, Any]) -> Iterator[str]:
    for after, said in _after(state).items():
        yield f"{name} -->|{', '.join(said)}| {after}" if said else f"{name} --> {after}"
    yield from (f"{name} -.-> {after}" for after in _caught(state))


def _after(state: dict[str, Any]) -> dict[str, list[str]]:
    """Return the states that may follow, each with the words of the choice that lead there."""
    words: dict[str, list[str]] = {state["Next"]: []} if "Next" in state else {}
    for rule in state.get("Choices", []):
        if "StringEquals" in rule:
            words.setdefault(rule["Next"], []).append(rule["StringEquals"])
    if "Default" in state:
        words.setdefault(state["Default"], []).append("else")
    return words


def _caught(state: dict[str, Any]) -> list[str]:
    """Return where an error leads, if elsewhere than success does."""
    return [catch["Next"] for catch in state.get("Catch", []) if catch["Next"] not in _after(state)]


def drawn(readme: str) -> str:
    """Return the README with the picture of the state machine as it is now."""
    machine = json.loads((ROOT / "statemachine" / "rollout.asl.json").read_text())
    return BLOCK.sub(lambda _: f"```mermaid\n{picture(machine)}\n```\n", readme)


def main() -> None:
    """Draw, or check with --check."""
    readme = ROOT / "README.md"
    now, wanted = readme.read_text(), drawn(readme.read_text())
    if "--check" not in sys.argv:
        readme.write_text(wanted)
    elif now != wanted:
        sys.exit("README.md shows another state machine than statemachine/rollout.asl.json: run make diagram")


if __name__ == "__main__":
    main()
