"""Reads whether the state machine can call a hook: its function, and its tags."""

from rollout.admission.facts import HookFacts
from rollout.aws.boto import clients
from rollout.aws.lambda_.functions import FunctionLookup
from rollout.domain.errors import UnknownFunctionError
from rollout.domain.identity import AccountRegion


class HookFunction(FunctionLookup):
    """The function of a hook. Each method may raise AwsUnavailableError."""

    def facts(self, qualifier: str, field: str) -> HookFacts:
        """Return what the function is like; `qualifier` is its version or alias, or empty, and `field` names it.

        Raises TagsUnreadableError.
        """
        try:
            tags = self.tags
        except UnknownFunctionError:
            return HookFacts(field=field, exists=False)
        return HookFacts(field=field, exists=not qualifier or self._get(qualifier) is not None, tags=tags)


def hook_function(account_region: AccountRegion, function: str) -> HookFunction:
    """Return the adapter that reads the function of a hook."""
    return HookFunction(clients.client_for(account_region, clients.lambda_client), account_region, function)
