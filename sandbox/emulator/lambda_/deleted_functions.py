"""GetResources lists a deleted function for an hour after its deletion, as on AWS."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import time
from collections.abc import Callable, Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, tagging

from sandbox.emulator.seams import Answer, extends

_LISTED_SECONDS = 3600

_Tags = list[dict[str, str]]
_deleted: dict[tuple[str, str], dict[str, tuple[float, _Tags]]] = {}
"""By account and region: the ARN of each deleted function, when it was deleted, and its tags."""


@extends(lambda_svc, "_delete_function")
def _delete_function(original: Callable[..., Answer], name: str, *arguments: Any) -> Answer:  # noqa: ANN401
    tags = dict(tagging._collect_lambda()).get(arn := lambda_svc._func_arn(name), [])
    answer = original(name, *arguments)
    if name not in lambda_svc._functions:
        _deleted.setdefault((get_account_id(), get_region()), {})[arn] = (time.time(), tags)
    return answer


@extends(lambda_svc, "reset")
def _reset(original: Callable[[], None]) -> None:
    _deleted.clear()
    original()


@extends(tagging, "_collect_lambda")
def _collect_lambda(original: Callable[[], Iterator[tuple[str, _Tags]]]) -> Iterator[tuple[str, _Tags]]:
    listed = dict(original())
    yield from listed.items()
    for arn, (deleted_at, tags) in _deleted.get((get_account_id(), get_region()), {}).items():
        if arn not in listed and time.time() - deleted_at < _LISTED_SECONDS:
            yield arn, tags


# GetResources finds the collector in a table that was filled when MiniStack was imported.
tagging._COLLECTORS["lambda"] = tagging._collect_lambda
