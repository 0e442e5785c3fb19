"""The decisions of IAM, from the audit log of the sandbox."""

import json
from pathlib import Path
from threading import Lock
from typing import Any

READERS = ("StartRollout", "-member-")
"""Parts of the names of the roles under which StartRollout looks up a function."""


class Audit:
    """Reads the audit log; each line is read once, however many stories wait for a decision."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._decisions: list[dict[str, Any]] = []
        self._reading = Lock()

    def decisions(self) -> list[dict[str, Any]]:
        """Return every decision so far: account, principal (the name of a role), action, resource, allowed."""
        with self._reading, self._path.open("rb") as file:
            file.seek(self._offset)
            complete = file.read().rpartition(b"\n")[0]
            self._decisions += [json.loads(line) for line in complete.splitlines()]
            self._offset += len(complete) + 1 if complete else 0
            return [*self._decisions]

    def lookups(self, function: str) -> int:
        """Return how often StartRollout has looked up a function."""
        return sum(
            any(reader in decision["principal"] for reader in READERS)
            and decision["action"] == "lambda:GetFunction"
            and decision["resource"].endswith(f":function:{function}")
            for decision in self.decisions()
        )
