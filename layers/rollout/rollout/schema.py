"""Prints a JSON Schema: `python -m rollout.schema` the policy's, `python -m rollout.schema step-shifted` an event's."""

import json
import sys

from pydantic import BaseModel

from rollout.notifications.event_types import EVENT_TYPES
from rollout.notifications.events import Event, slug
from rollout.policy.policy import Policy

EVENTS = {slug(event_type): event_type for event_type in EVENT_TYPES}


def policy_schema() -> dict[str, object]:
    """Return the JSON Schema of a policy, for editors to complete and to validate policies."""
    return _schema(Policy, "Lambda Rollouts policy")


def event_schema(event_type: type[Event]) -> dict[str, object]:
    """Return the JSON Schema of an event's `detail`."""
    return _schema(event_type, event_type.detail_type)


def _schema(model: type[BaseModel], title: str) -> dict[str, object]:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return model.model_json_schema() | dialect


if __name__ == "__main__":
    # `make schema` writes this output to docs/.
    print(json.dumps(event_schema(EVENTS[sys.argv[1]]) if sys.argv[1:] else policy_schema(), indent=2))  # noqa: T201
