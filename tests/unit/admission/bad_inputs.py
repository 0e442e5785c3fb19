"""Bad inputs, made systematically: each field of a request and of its policy with each kind of bad value."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from rollout.admission.policy_source import choose_policy
from rollout.admission.read_request import read_preparation
from rollout.admission.refusals.combine import RefusalList, combine_refusals
from rollout.domain.errors import RefusedError
from rollout.state.ending import Ending
from rollout.state.endings import rejected
from tests.samples import EXECUTION

Path = tuple[str | int, ...]


def nested(levels: int) -> object:
    """Return lists in lists, so many levels deep."""
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


VALID: dict[str, Any] = {
    "function": "my-api",
    "alias": "live",
    "version": "7",
    "dry_run": False,
    "policy": {
        "steps": [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}],
        "bake": "15m",
        "interval": "60s",
        "metrics": [
            "errors",
            {"slow": {"over_ms": 800}, "mode": "critical", "label": "slow"},
            {"throttles": {"max_percent": 2}},
            {
                "cloudwatch": {
                    "namespace": "Shop",
                    "name": "Failed",
                    "dimensions": {"Version": "{version}"},
                    "of": "All",
                }
            },
            {"alarm": "checkout"},
        ],
        "ignore": ["throttles"],
        "guards": {"max_error_percent": 5, "max_slow_percent": 50, "alarms": ["login"]},
        "false_rollback_percent": 1,
        "min_invocations": 50,
        "max_extension": "2h",
        "on_inconclusive": "extend",
        "on_newer_version": "queue",
        "advance_early": False,
        "bake_test": "advisory",
    },
}
"""A request that is accepted, with every field."""

VALUES: dict[str, object] = {
    "null": None,
    "true": True,
    "number": 7.5,
    "negative": -1,
    "nan": float("nan"),
    "infinity": float("inf"),
    "huge": 10**299,
    "text": "nonsense!",
    "empty": "",
    "long": "x" * 50_000,
    "nul": "a\0b",
    "surrogate": "\ud800",
    "line break": "live\n",
    "list": [],
    "deep": nested(900),
    "object": {"unknown": 1},
    "deep object": {"unknown": nested(900)},
}
"""The bad values by their kind. Some are valid for some fields."""

EXTRA: dict[Path, object] = {
    ("weight",): 0.1,
    ("policy", "speed"): 9,
    ("policy", "steps", 0, "weight"): 0.5,
    ("policy", "guards", "alarm"): "x",
    ("policy", "metrics", 1, "slow", "over"): 5,
    ("policy", "k" * 50_000): 1,
    ("policy", "\ud800"): 1,
    ("policy", "a\0b"): 1,
}
"""Fields that do not exist."""


def paths(value: object = VALID, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every field and item of a request."""
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, item in parts:
        yield from paths(item, (*path, part))


def changed(*changes: tuple[Path, object]) -> dict[str, Any]:
    """Return the valid request with other values at these paths."""
    request = deepcopy(VALID)
    for path, value in changes:
        holder: Any = request
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = value
    return request


def named(path: Path) -> str:
    """Return a path as a message names it."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def refusal(request: object, default: object = "AllAtOnce") -> Ending | None:
    """Return how PrepareRollout rejects a request without looking up any fact; None if it does not."""
    event = {"request": request, "execution": json.loads(EXECUTION.model_dump_json())}
    refusals = RefusalList()
    parsed = read_preparation(event).parse(refusals)
    try:
        choice = choose_policy(parsed.policy, {}, default)
        if choice.stored_name is None:
            choice.resolve(None)
    except RefusedError as refused:
        refusals.add(refused)
    return rejected(combine_refusals([*refusals])) if refusals else None
