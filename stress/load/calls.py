"""The calls to AWS that the functions of the stack made, from the decisions of IAM."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

_ROLE = "FunctionRole"


def count_calls(log: Path, since: int, ids: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return the calls of each function after this many bytes of the log, by IAM's name of the action.

    `ids` are the physical ids of the stack's resources by their logical ids: JudgeCanary has JudgeCanaryFunctionRole.
    """
    tasks = {role: name.removesuffix(_ROLE) for name, role in ids.items() if name.endswith(_ROLE)}
    calls: dict[str, Counter[str]] = {}
    with log.open() as file:
        file.seek(since)
        for line in file:
            decision = json.loads(line)
            if task := tasks.get(decision["principal"]):
                calls.setdefault(task, Counter())[decision["action"]] += 1
    return {task: dict(counted) for task, counted in sorted(calls.items())}
