"""Who calls an alias: an HTTP 500 and a partial batch failure are successes to Lambda."""

import json
from collections.abc import Iterator

from rollout.domain.models import Value

_SERVICES = {
    "apigateway.amazonaws.com": "an API of API Gateway",
    "elasticloadbalancing.amazonaws.com": "a load balancer",
}
FUNCTION_URL = "its function URL"


class Callers(Value):
    """The callers of an alias whose failures are not among Lambda's Errors."""

    http: tuple[str, ...] = ()
    """What calls the alias by HTTP, as words."""
    batches: tuple[str, ...] = ()
    """The ARNs of the event sources to which the alias reports the failed items of a batch."""
    unread: tuple[str, ...] = ()
    """What Lambda does not return, each with the error code."""


def http_services(policy: str) -> list[str]:
    """Return, as words, the services that a resource policy lets call the function to answer HTTP requests.

    Raises ValueError where the policy is no JSON object with statements.
    """
    allowed = {service for statement in _statements(json.loads(policy)) for service in _principals(statement)}
    return [words for service, words in _SERVICES.items() if service in allowed]


def _statements(policy: object) -> Iterator[dict[str, object]]:
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    if not isinstance(statements, list):
        raise ValueError("the resource policy has no list of statements")  # noqa: TRY004 - a text of AWS, not of a caller
    yield from (each for each in statements if isinstance(each, dict) and each.get("Effect") == "Allow")


def _principals(statement: dict[str, object]) -> list[str]:
    principal = statement.get("Principal")
    service = principal.get("Service") if isinstance(principal, dict) else None
    return [str(each) for each in service] if isinstance(service, list) else [str(service)]
