"""The errors of a rollout, named for the operator who reads them in the console.

Every message has three parts: what was found, what is needed, and the command or edit that gets there.
The state machine catches and retries errors by class name: renaming a class changes its Retry and Catch.
"""

from rollout.domain.text import shorten


class RolloutError(Exception):
    """When a rollout cannot continue. The message becomes a Cause, so a long one is shortened."""

    def __init__(self, message: str = "") -> None:
        super().__init__(shorten(message))


class AwsUnavailableError(RolloutError):
    """When AWS throttles a call, answers with 5xx or does not answer. The state machine retries."""


class AwsRefusedError(RolloutError):
    """When AWS refuses a call, for example because a permission is missing. A repeated call would be refused too."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code
        """The error code of AWS, such as AccessDeniedException."""


class InternalError(RolloutError):
    """When a handler raises an exception that nothing expects: a defect. The log has its stack trace."""


class MetricsIncompleteError(RolloutError):
    """When CloudWatch returns only a part of the data. The state machine retries the evaluation."""


class LogsUnreadableError(RolloutError):
    """When CloudWatch Logs refuses the query of the metric `logs`, so the rollout cannot be judged by it."""


class StartThrottledError(RolloutError):
    """When Lambda throttles the calls of a start, because many begin at once. The state machine retries for long."""


class VersionPendingError(RolloutError):
    """When the version is still Pending. The state machine retries."""


class AliasChangedError(RolloutError):
    """When another writer moved the alias after the rollout read it, or may have undone its write."""


class AliasBusyError(RolloutError):
    """When the alias or its lock changed while a rollout took the lock, or a command. The state machine retries."""


class LockLostError(RolloutError):
    """When the rollout, or a late task of it, no longer holds the lock of its alias, so it did not write."""


class NotAllowedError(RolloutError):
    """When IAM denies the write of the alias, for example because the function lost its opt-in tag."""


class VersionDeletedError(RolloutError):
    """When a version that the alias should serve no longer exists, so the rollout did not write."""


class StableNotKeptError(RolloutError):
    """When the alias that keeps stable from being deleted cannot be written. Only the log and a metric report it."""


class EventsNotPublishedError(RolloutError):
    """When EventBridge accepts some of the rollout events and rejects others. Only the log reports it."""


class InvalidEventError(RolloutError):
    """When an event cannot be read. It goes to the dead-letter queue of its function with this error."""


class InvalidDocumentError(RolloutError):
    """When a task cannot read the document of its rollout."""


class RefusedError(RolloutError):
    """When a request is refused before anything is touched."""

    reasons: "tuple[RefusedError, ...]" = ()
    """The separate refusals, when this one combines several."""


class InvalidRequestError(RefusedError):
    """When the execution's input is not a valid request."""


class InvalidPolicyError(RefusedError):
    """When the policy does not fit its model, or cannot be carried out."""

    written: object = None
    """The policy as it was written, so that its readable parts can still be checked against the facts."""


class UnknownPolicyError(RefusedError):
    """When a policy's name is neither a preset nor a stored policy."""


class OtherAccountError(RefusedError):
    """When the function is in another account or region, and the orchestrator has no member accounts."""


class MemberAccessDeniedError(RefusedError):
    """When the orchestrator cannot assume its role in the member account."""


class UnknownFunctionError(RefusedError):
    """When the function does not exist."""


class UnknownVersionError(RefusedError):
    """When the function has no such published version."""


class UnknownAliasError(RefusedError):
    """When the alias does not exist, and the function's tag names another alias."""


class AliasMissingError(RefusedError):
    """When an alias that had rollouts no longer exists. It is not created at the new version."""


class TagsUnreadableError(RefusedError):
    """When Lambda does not return the function's tags, so the opt-in cannot be checked."""


class UnknownAlarmError(RefusedError):
    """When the policy names an alarm that does not exist."""


class NotOptedInError(RefusedError):
    """When the function's tag does not opt this alias in."""


class InvalidTagsError(RefusedError):
    """When a `rollout:` tag of the function is misspelled, or its value is invalid."""


class LatestVersionError(RefusedError):
    """When the request names $LATEST, which cannot receive a share of an alias's traffic."""


class VersionNotActiveError(RefusedError):
    """When the version cannot be invoked."""


class DifferentRoleError(RefusedError):
    """When stable and canary have different execution roles: Lambda does not split an alias between them."""


class DifferentDeadLetterQueueError(RefusedError):
    """When stable and canary have different dead-letter targets: Lambda does not split an alias between them."""


class AliasLockedError(RefusedError):
    """When another rollout holds the alias, and the policy refuses to wait for it."""


class ReleaseRefusedError(RefusedError):
    """When a release cannot begin, or its part cannot begin with it."""


class AliasSplitError(RefusedError):
    """When the alias already splits its traffic between two versions."""


class AliasServesLatestError(RefusedError):
    """When the alias serves $LATEST, so there is no stable version."""


class ProvisionedConcurrencyInProgressError(RefusedError):
    """When Lambda still allocates the alias's provisioned concurrency, and moves its weights meanwhile."""


class AlreadyServedError(RefusedError):
    """When the alias already serves this version alone."""


class OlderVersionError(RefusedError):
    """When the alias serves a newer version than the requested one."""


class NoEarlierVersionError(RefusedError):
    """When an alias is to return to an earlier version, and there is no such earlier version."""
