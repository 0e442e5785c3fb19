"""Reads the policies that are kept in Parameter Store, under one path."""

from functools import cache

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from rollout.admission.policy_source import StoredPolicy
from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import error_code, translate_aws_errors

MAX_AGE_SECONDS = 30
"""How long a policy is remembered: a version that waits asks often, and whoever mends a policy will not wait long."""


class StoredPolicies:
    """Policies by their names."""

    def __init__(self, store: SSMProvider, path: str) -> None:
        self._store = store
        self._path = path

    def find(self, name: str) -> StoredPolicy:
        """Return what is stored under a policy's name, not yet validated; raises AwsUnavailableError."""
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
            # Powertools says all errors in one; what AWS itself said tells what may pass from what will not.
            raise wrapped.__context__ or wrapped from None


@cache
def parameter_store() -> SSMProvider:
    """Return Parameter Store, with what was read from it a moment ago."""
    return SSMProvider(boto3_client=clients.ssm_client())


def stored_policies() -> StoredPolicies:
    """Return the policies under the stack's PolicyPath."""
    return StoredPolicies(parameter_store(), settings.policy_path())
