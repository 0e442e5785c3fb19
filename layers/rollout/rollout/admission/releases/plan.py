"""Plans a release: its parts as they were found, and the executions that roll them out."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from rollout.admission.releases.read_release import ReleaseRequest
from rollout.domain.enums import Start
from rollout.domain.errors import AlreadyServedError, OlderVersionError, RefusedError, ReleaseRefusedError
from rollout.domain.identity import Execution
from rollout.domain.models import Value
from rollout.state.releases.release import PlannedPart, Release
from rollout.state.rollout import Rollout

MOST_INPUT_BYTES = 200_000
"""The longest list of executions: what Step Functions passes from state to state has at most 256 KB."""

_BEGINS = (Start.BEGIN, Start.PROMOTE, Start.RUN_BEFORE_TRAFFIC_HOOKS)


class StartOrder(Value):
    """An execution to start: its name and its input."""

    name: str
    input: dict[str, Any]


def can_begin(start: str) -> bool:
    """Whether a rollout that starts like this lets its release begin."""
    return start in _BEGINS


def is_served(refusal: RefusedError) -> bool:
    """Whether a function is refused only because its alias serves the version already, or a newer one."""
    return all(isinstance(each, AlreadyServedError | OlderVersionError) for each in refusal.reasons or (refusal,))


def planned_part(request: ReleaseRequest, number: int, rollout: Rollout) -> PlannedPart:
    """Return a part as its rollout would begin now. Raises ReleaseRefusedError where it could not begin now."""
    part = request.functions[number]
    if not can_begin(rollout.start):
        raise ReleaseRefusedError(
            f"{rollout.target.name} cannot begin now, but a release begins as a whole: {format_hindrance(rollout)}"
        )
    return PlannedPart(
        target=rollout.target,
        function=part.function,
        stable_version=rollout.stable_version,
        canary_version=rollout.canary_version,
        execution=_execution_name(request.release, part.function, rollout.execution, number),
        after=part.after,
    )


def format_hindrance(rollout: Rollout) -> str:
    """Return why a rollout cannot begin as a part of a release, as a sentence part."""
    if not rollout.creates_alias:
        return rollout.reason
    return (
        f"{rollout.target.name} does not exist, and only a rollout without a release creates it: start one, with"
        f' {{"function": "{rollout.target.function}", "version": "{rollout.canary_version}"}}'
    )


def planned_release(
    request: ReleaseRequest, parts: Sequence[PlannedPart], execution: Execution, now: datetime
) -> Release:
    """Return the release of the parts that were found; those that are left out come before no other one."""
    names = {part.function for part in parts}
    return Release(
        name=request.release,
        execution=execution,
        parts=tuple(
            part.model_copy(update={"after": tuple(name for name in part.after if name in names)}) for part in parts
        ),
        deadline=now + timedelta(seconds=request.timeout),
    )


def release_refusals(parts: Sequence[PlannedPart]) -> Iterator[ReleaseRefusedError]:
    """Yield what speaks against these parts together."""
    for name, count in Counter(f"{each.target.name} in {each.target.account_region}" for each in parts).items():
        if count > 1:
            yield ReleaseRefusedError(f"functions has {name} {count} times, under different names: name it once.")


def start_orders(request: ReleaseRequest, release: Release) -> list[StartOrder]:
    """Return the executions that roll out the parts, each with the version that was found.

    Raises ReleaseRefusedError where they are too long for one state of the state machine.
    """
    orders = [
        StartOrder(
            name=planned.execution,
            input=part.request()
            | {"version": planned.canary_version, "alias": planned.target.alias}
            | {"release": release.part(number).model_dump(mode="json")},
        )
        for number, (part, planned) in enumerate(zip(request.functions, release.parts, strict=True))
    ]
    size = len(json.dumps([order.model_dump(mode="json") for order in orders]).encode())
    if size > MOST_INPUT_BYTES:
        raise ReleaseRefusedError(
            f"the inputs of the {len(orders)} rollouts have {size:,} bytes, and Step Functions has room for"
            f" {MOST_INPUT_BYTES:,}: store the policies in Parameter Store and name them, or make two releases."
        )
    return orders


def _execution_name(release: str, function: str, execution: Execution, number: int) -> str:
    """Return the name of a part's execution, always the same one for an execution of a release."""
    identity = hashlib.sha256(f"{execution.arn}/{number}".encode()).hexdigest()[:12]
    return f"{_plain(release)[:36]}-{_plain(function)[-30:]}-{identity}"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)
