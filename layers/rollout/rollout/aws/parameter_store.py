"""Reads stored policies from Parameter Store, all under one path."""

from functools import cache

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from rollout.admission.policy_source import StoredPolicy
from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import error_code, translate_aws_errors

MAX_AGE_SECONDS = 30
"""How long a policy is cached. A queued version reads it often, and a corrected policy must apply soon."""


class StoredPolicies:
    """The stored policies by name."""

    def __init__(self, store: SSMProvider, path: str) -> None:
        self._store = store
        self._path = path

    def find(self, name: str) -> StoredPolicy:
        """Return the stored policy of this name, not yet validated; raises AwsUnavailableError."""
        parameter = f"{self._path}/{name}"
        with translate_aws_errors(f"reading the parameter {parameter}"):
            try:
                return StoredPolicy(parameter=parameter, text=self._text(parameter))
            except ClientError as error:
                if error_code(error) != "ParameterNotFound":
                    raise
        return StoredPolicy(parameter=parameter, text=None)

    def _text(self, parameter: str) -> str:
        try:
            return str(self._store.get(parameter, max_age=MAX_AGE_SECONDS))
        except GetParameterError as wrapped:
            # Powertools wraps every error in the same class; the original tells a transient error from a final one.
            raise wrapped.__context__ or wrapped from None


@cache
def parameter_store() -> SSMProvider:
    """Return the provider of Parameter Store, with its cache."""
    return SSMProvider(boto3_client=clients.ssm_client())


def stored_policies() -> StoredPolicies:
    """Return the policies under the stack's PolicyPath."""
    return StoredPolicies(parameter_store(), settings.policy_path())
