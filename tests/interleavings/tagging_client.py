"""The tagging API in memory: the functions with their tags."""

from types import SimpleNamespace
from typing import Any

from rollout.domain.lambda_names import function_arn
from tests.samples import TARGET


class TaggingClient:
    """A tagging client. Reading is no step of its own: nothing changes tags here."""

    def __init__(self, tags: dict[str, dict[str, str]]) -> None:
        self._tags = tags
        """The tags of each function, by its name."""

    def get_paginator(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=lambda **_: [{"ResourceTagMappingList": [*map(self._resource, self._tags)]}])

    def _resource(self, function: str) -> dict[str, Any]:
        tags = [{"Key": key, "Value": value} for key, value in self._tags[function].items()]
        return {"ResourceARN": function_arn(TARGET.account_region, function), "Tags": tags}
