"""Refuses the alias configurations that AWS refuses, and gives an alias a new revision with each permission."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from collections.abc import Callable

from ministack.core import responses
from ministack.services import lambda_svc

from sandbox.emulator.seams import Answer, Record, extends


@extends(lambda_svc, "_create_alias")
def _create_alias(original: Callable[..., Answer], name: str, request: Record) -> Answer:
    return refusal(name, request.get("FunctionVersion", ""), _weights(request)) or original(name, request)


@extends(lambda_svc, "_update_alias")
def _update_alias(original: Callable[..., Answer], name: str, alias_name: str, request: Record) -> Answer:
    alias = ((lambda_svc._functions.get(name) or {}).get("aliases") or {}).get(alias_name)
    if alias is None:
        return original(name, alias_name, request)
    updated = {**alias, **request}
    return refusal(name, updated["FunctionVersion"], _weights(updated)) or original(name, alias_name, request)


@extends(lambda_svc, "_add_permission")
def _add_permission(
    original: Callable[..., Answer],
    name: str,
    request: Record,
    query_params: Record | None = None,
    path_qualifier: str | None = None,
) -> Answer:
    answer = original(name, request, query_params, path_qualifier)
    return _with_new_revision(name, answer, query_params, path_qualifier)


@extends(lambda_svc, "_remove_permission")
def _remove_permission(
    original: Callable[..., Answer],
    name: str,
    sid: str,
    query_params: Record | None = None,
    path_qualifier: str | None = None,
) -> Answer:
    answer = original(name, sid, query_params, path_qualifier)
    return _with_new_revision(name, answer, query_params, path_qualifier)


def _with_new_revision(name: str, answer: Answer, query_params: Record | None, path_qualifier: str | None) -> Answer:
    qualifier = lambda_svc._qualifier_from_path_or_query(path_qualifier, query_params)
    alias = ((lambda_svc._functions.get(name) or {}).get("aliases") or {}).get(qualifier)
    if alias is not None and answer[0] < 300:  # noqa: PLR2004
        alias["RevisionId"] = lambda_svc.new_uuid()
    return answer


def refusal(name: str, version: str, weights: dict[str, float]) -> Answer | None:
    """Return the error response of AWS to this configuration, or None if AWS accepts it."""
    unknown = [number for number in [version, *weights] if number not in _published(name)]
    if unknown and unknown != ["$LATEST"]:
        arn = f"{lambda_svc._func_arn(name)}:{unknown[0]}"
        return _refuse("ResourceNotFoundException", f"Function not found: {arn}", 404)
    if weights and (reason := _weights_refusal(version, weights) or _configuration_refusal(name, [version, *weights])):
        return _refuse("InvalidParameterValueException", reason, 400)
    return None


def _refuse(code: str, reason: str, status: int) -> Answer:
    answer: Answer = responses.error_response_json(code, reason, status)
    return answer


def _weights(alias: Record) -> dict[str, float]:
    weights: dict[str, float] = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return weights


def _published(name: str) -> Record:
    versions: Record = (lambda_svc._functions.get(name) or {}).get("versions", {})
    return versions


def _weights_refusal(version: str, weights: dict[str, float]) -> str | None:
    if "$LATEST" in [version, *weights]:
        return "$LATEST is not supported for an alias pointing to more than 1 version"
    if len(weights) > 1:
        return "Number of items in AdditionalVersionWeights cannot be greater than 1"
    if version in weights:
        return (
            f"Invalid function version {version}. "
            f"Function version {version} is already included in routing configuration."
        )
    if not all(0 <= weight <= 1 for weight in weights.values()):
        return "Additional version weights must be between 0.0 and 1.0"
    return None


def _configuration_refusal(name: str, versions: list[str]) -> str | None:
    configs = [_published(name)[number]["config"] for number in versions]
    if len({config["Role"] for config in configs}) > 1:
        return "Specified versions must be associated with the same execution role"
    if len({(config.get("DeadLetterConfig") or {}).get("TargetArn") or None for config in configs}) > 1:
        return "Specified versions must have the same dead letter queue configuration"
    return None
