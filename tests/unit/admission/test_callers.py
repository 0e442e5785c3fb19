"""Who may call an alias by HTTP, read from its resource policy."""

import json

import pytest

from rollout.admission.callers import http_services


def document(*principals: object, effect: str = "Allow") -> str:
    statements = [
        {"Effect": effect, "Principal": principal, "Action": "lambda:InvokeFunction"} for principal in principals
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.mark.parametrize(
    ("policy", "services"),
    [
        (document({"Service": "apigateway.amazonaws.com"}), ["an API of API Gateway"]),
        (document({"Service": ["events.amazonaws.com", "elasticloadbalancing.amazonaws.com"]}), ["a load balancer"]),
        (document(*[{"Service": "apigateway.amazonaws.com"}] * 3), ["an API of API Gateway"]),
        (document({"Service": "events.amazonaws.com"}, {"AWS": "123456789012"}, "*"), []),
        (document({"Service": "apigateway.amazonaws.com"}, effect="Deny"), []),
        (document(), []),
    ],
)
def test_http_services_are_those_that_the_policy_allows(policy, services):
    assert http_services(policy) == services


@pytest.mark.parametrize("policy", ["", "{", "[]", '{"Statement": "all"}', "{}"])
def test_unreadable_policy_is_an_error_and_not_an_empty_one(policy):
    with pytest.raises(ValueError):  # noqa: PT011 - of the parser or of the module
        http_services(policy)
