"""Reads texts from Parameter Store: the stored policies, all under one path, and the freeze of the stack."""

from functools import cache

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from rollout.admission.policy_source import StoredPolicy
from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import error_code, translate_aws_errors

MAX_AGE_SECONDS = 30
"""How long a text is cached. A queued version reads it often, and a corrected policy or a freeze must apply soon."""


class StoredTexts:
    """The texts of parameters, each cached for a while."""

    def __init__(self, store: SSMProvider) -> None:
        self._store = store

    def find(self, parameter: str, absent_seconds: int = 0) -> str | None:
        """Return the text of a parameter; None where it does not exist. Raises AwsUnavailableError, AwsRefusedError.

        A parameter that did not exist is not looked for again for `absent_seconds`.
        """
        absent = ("absent", parameter)
        if self._store.has_not_expired_in_cache(absent):
            return None
        with translate_aws_errors(f"reading the parameter {parameter}"):
            try:
                return self._text(parameter)
            except ClientError as error:
                if error_code(error) != "ParameterNotFound":
                    raise
        self._store.add_to_cache(absent, None, absent_seconds)
        return None

    def _text(self, parameter: str) -> str:
        try:
            return str(self._store.get(parameter, max_age=MAX_AGE_SECONDS))
        except GetParameterError as wrapped:
            # Powertools wraps every error in the same class; the original tells a transient error from a final one.
            raise wrapped.__context__ or wrapped from None


class StoredPolicies:
    """The stored policies by name."""

    def __init__(self, texts: StoredTexts, path: str) -> None:
        self._texts = texts
        self._path = path

    def find(self, name: str) -> StoredPolicy:
        """Return the stored policy of this name, not yet validated; raises AwsUnavailableError or AwsRefusedError."""
        parameter = f"{self._path}/{name}"
        return StoredPolicy(parameter=parameter, text=self._texts.find(parameter))


@cache
def parameter_store() -> SSMProvider:
    """Return the provider of Parameter Store, with its cache."""
    return SSMProvider(boto3_client=clients.ssm_client())


def stored_policies() -> StoredPolicies:
    """Return the policies under the stack's PolicyPath."""
    return StoredPolicies(stored_texts(), settings.policy_path())


def stored_texts() -> StoredTexts:
    """Return the texts of the parameters."""
    return StoredTexts(parameter_store())
