"""What can go wrong, named for the operator who reads it in the console.

Every message is a sentence or two: what was found, what is needed, what to do next.
The class names reach the state machine as error names, so renaming one is a change of its Retry and Catch.
"""


class RolloutError(Exception):
    """When a rollout cannot go on."""


class AwsUnavailableError(RolloutError):
    """When AWS throttled us, answered 5xx or did not answer; the state machine tries again."""


class MetricsIncompleteError(RolloutError):
    """When CloudWatch answered a part of what was asked; the state machine tries the look again."""


class VersionPendingError(RolloutError):
    """When the version is still being made ready; the state machine asks again."""


class AliasChangedError(RolloutError):
    """When somebody moved the alias after we read it, so our write was not made."""


class AliasBusyError(RolloutError):
    """When the alias, or its claim, changed while it was being claimed; the state machine asks again."""


class LockLostError(RolloutError):
    """When the rollout no longer holds the claim to its alias, so nothing was written."""


class VersionDeletedError(RolloutError):
    """When a version the alias was to serve no longer exists, so our write was not made."""


class EventsNotPublishedError(RolloutError):
    """When EventBridge took a part of our news and refused the rest; it is told in the log and nowhere else."""


class RefusedError(RolloutError):
    """When a request is refused, before anything was touched."""

    reasons: "tuple[RefusedError, ...]" = ()
    """Each reason by itself, where it was refused for all of them at once."""


class InvalidRequestError(RefusedError):
    """When the execution's input is not a request we understand."""


class InvalidPolicyError(RefusedError):
    """When the policy does not fit its model, or cannot be carried out."""


class UnknownPolicyError(RefusedError):
    """When a policy is named that is neither a preset nor stored."""


class OtherAccountError(RefusedError):
    """When the function lies in another account or region, and the orchestrator serves none but its own."""


class MemberAccessDeniedError(RefusedError):
    """When another account does not let the orchestrator in."""


class UnknownFunctionError(RefusedError):
    """When the function does not exist."""


class UnknownVersionError(RefusedError):
    """When the function has no such published version."""


class UnknownAliasError(RefusedError):
    """When the function has no such alias, and its tag does not ask for one of that name."""


class TagsUnreadableError(RefusedError):
    """When Lambda does not show us the function's tags, so that nobody knows whether it is opted in."""


class UnknownAlarmError(RefusedError):
    """When the policy names an alarm that does not exist."""


class NotOptedInError(RefusedError):
    """When the function's tag does not hand this alias over to us."""


class InvalidTagsError(RefusedError):
    """When our tags on the function are misspelt, or their values say nothing."""


class LatestVersionError(RefusedError):
    """When $LATEST is asked for: an alias cannot give it a share."""


class VersionNotActiveError(RefusedError):
    """When the version cannot be invoked."""


class DifferentRoleError(RefusedError):
    """When stable and canary run under different execution roles: Lambda will not split an alias over them."""


class DifferentDeadLetterQueueError(RefusedError):
    """When stable and canary send their failures elsewhere: Lambda will not split an alias over them."""


class AliasLockedError(RefusedError):
    """When another rollout holds the alias, and the policy says to refuse rather than to wait."""


class AliasSplitError(RefusedError):
    """When the alias already shares its traffic between two versions."""


class ProvisionedConcurrencyInProgressError(RefusedError):
    """When Lambda itself is still moving the alias's provisioned concurrency, and its weights with it."""


class AlreadyServedError(RefusedError):
    """When the alias already serves this version."""


class OlderVersionError(RefusedError):
    """When the alias serves a newer version than the one asked for."""


REFUSALS = frozenset(kind.__name__ for kind in RefusedError.__subclasses__())
"""How executions end whose requests were refused."""
