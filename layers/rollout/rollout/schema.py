"""The JSON Schemas of policies and of our news: `python -m rollout.schema [step-shifted]` prints one."""

import json
import sys

from pydantic import BaseModel

from rollout.notifications.events import EVENT_TYPES, Event, slug
from rollout.policy.policy import Policy

EVENTS = {slug(kind): kind for kind in EVENT_TYPES}


def policy_schema() -> dict[str, object]:
    """Return the JSON Schema of policies, by which editors complete and mark them."""
    return _schema(Policy, "Lambda Rollouts policy")


def event_schema(kind: type[Event]) -> dict[str, object]:
    """Return the JSON Schema of an event's `detail`."""
    return _schema(kind, kind.detail_type)


def _schema(model: type[BaseModel], title: str) -> dict[str, object]:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return model.model_json_schema() | dialect


if __name__ == "__main__":
    # `make schema` keeps what this prints: the policy's, or that of the event it names.
    print(json.dumps(event_schema(EVENTS[sys.argv[1]]) if sys.argv[1:] else policy_schema(), indent=2))  # noqa: T201
