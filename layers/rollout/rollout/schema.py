"""The JSON Schema of policies: `python -m rollout.schema` prints it."""

import json

from rollout.policy import Policy


def policy_schema() -> dict[str, object]:
    """Return the JSON Schema of policies, by which editors complete and mark them."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Lambda Rollouts policy"}
    return Policy.model_json_schema() | dialect


if __name__ == "__main__":
    print(json.dumps(policy_schema(), indent=2))  # noqa: T201 - `make schema` keeps what it prints
