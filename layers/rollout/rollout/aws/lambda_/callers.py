"""Reads who calls an alias, for dry runs: these operations share a quota of 15 calls per second."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rollout.admission.callers import FUNCTION_URL, Callers, http_services
from rollout.aws.boto import clients
from rollout.aws.boto.errors import error_code, is_transient, translate_aws_errors
from rollout.domain.identity import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class AliasCallers:
    """The callers of one alias."""

    def __init__(self, client: "LambdaClient", target: Target) -> None:
        self._client = client
        self._target = target

    def read(self) -> Callers:
        """Return the callers; what Lambda refuses to return is named, and never counts as no caller.

        Raises AwsUnavailableError.
        """
        unread: list[str] = []
        services = self._attempt("the resource policy", self._services, unread)
        url = self._attempt("the function URL", self._url, unread)
        batches = self._attempt("the event source mappings", self._batches, unread)
        return Callers(http=(*services, *url), batches=tuple(batches), unread=tuple(unread))

    def _attempt(self, what: str, read: Callable[[], Sequence[str]], unread: list[str]) -> Sequence[str]:
        with translate_aws_errors(f"reading {what} of {self._target.name}"):
            try:
                return read()
            except self._client.exceptions.ResourceNotFoundException:
                return []
            except ClientError as error:
                if is_transient(error):
                    raise
                unread.append(f"{what} ({error_code(error)})")
            except ValueError:
                unread.append(f"{what} (not readable)")
        return []

    def _services(self) -> list[str]:
        answer = self._client.get_policy(FunctionName=self._target.function, Qualifier=self._target.alias)
        return http_services(answer["Policy"])

    def _url(self) -> list[str]:
        self._client.get_function_url_config(FunctionName=self._target.function, Qualifier=self._target.alias)
        return [FUNCTION_URL]

    def _batches(self) -> list[str]:
        pages = self._client.get_paginator("list_event_source_mappings").paginate(FunctionName=self._target.name)
        return [
            mapping.get("EventSourceArn", mapping["UUID"])
            for page in pages
            for mapping in page["EventSourceMappings"]
            if "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", [])
        ]


def alias_callers(target: Target) -> AliasCallers:
    """Return the adapter that reads an alias's callers."""
    return AliasCallers(clients.client_for(target.account_region, clients.lambda_client), target)
