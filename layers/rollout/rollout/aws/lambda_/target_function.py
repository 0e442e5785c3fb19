"""Reads what a request depends on: a function, its alias, and the versions of both sides."""

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.admission.request import RolloutRequest
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.aws.lambda_.functions import FunctionLookup
from rollout.aws.lambda_.versions import Versions
from rollout.domain.identity import AccountRegion
from rollout.state.alias import AliasState


class TargetFunction(FunctionLookup):
    """The function of a request. Each method may raise AwsUnavailableError."""

    def facts(self, request: RolloutRequest) -> FunctionFacts:
        """Return the facts that a request depends on; the canary is the newest version where the request names none."""
        target = request.target(self.opted_in_alias)
        alias = LambdaAlias(self._client, target).find()
        canary, newest = self._canary(request.version)
        return FunctionFacts(
            target=target,
            tags=self.tags,
            newest_version=newest,
            alias=alias,
            stable=self._version(alias.version) if alias else None,
            canary=canary,
            latest_code_sha256=self._latest["Configuration"].get("CodeSha256", ""),
            concurrency_in_progress=self._concurrency_in_progress(target.alias, alias),
        )

    def _canary(self, version: str | None) -> tuple[VersionFacts | None, str | None]:
        """Return the canary, and the newest version number where it had to be looked up."""
        if version and (requested := self._version(version)):
            return requested, None
        newest = Versions(self._client, self._function).find_newest()
        return (self._version(newest) if newest and not version else None), newest

    def _version(self, version: str) -> VersionFacts | None:
        function = self._get(version)
        if function is None:
            return None
        configuration = function["Configuration"]
        return VersionFacts(
            version=version,
            state=configuration["State"],
            state_reason=configuration.get("StateReason", ""),
            state_reason_code=configuration.get("StateReasonCode", ""),
            role=configuration["Role"],
            timeout_seconds=configuration["Timeout"],
            is_durable="DurableConfig" in configuration,
            dead_letter_target=configuration.get("DeadLetterConfig", {}).get("TargetArn") or None,
            log_group=configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{self._function}",
            code_sha256=configuration.get("CodeSha256", ""),
        )

    def _concurrency_in_progress(self, alias: str, state: AliasState | None) -> bool:
        if state is None:
            return False
        with translate_aws_errors(f"reading the provisioned concurrency of {self._function}:{alias}"):
            try:
                config = self._client.get_provisioned_concurrency_config(FunctionName=self._function, Qualifier=alias)
            except self._client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
                return False
        return config["Status"] == "IN_PROGRESS"


def target_function(account_region: AccountRegion, function: str) -> TargetFunction:
    """Return the adapter that reads the function of a request."""
    return TargetFunction(clients.client_for(account_region, clients.lambda_client), account_region, function)
