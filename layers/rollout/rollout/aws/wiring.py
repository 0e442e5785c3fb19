"""Creates the adapters with the stack's settings and the clients of the right account and region."""

from collections.abc import Callable
from typing import TypeVar

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.cloudtrail import CloudTrail
from rollout.aws.cloudwatch.alarms import Alarms
from rollout.aws.cloudwatch.metrics import VersionMetrics
from rollout.aws.dynamodb.ledger import Ledger
from rollout.aws.dynamodb.locks import Locks
from rollout.aws.dynamodb.queue import Queue
from rollout.aws.event_bus import EventBus
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.aws.lambda_.functions import FunctionLookup
from rollout.aws.lambda_.tagged_functions import TaggedFunctions
from rollout.aws.sns_topic import NotificationTopic
from rollout.aws.step_functions import Executions
from rollout.domain.identity import AccountRegion, Target

_Client = TypeVar("_Client")


def alias_of(target: Target) -> LambdaAlias:
    """Return the adapter of an alias."""
    return LambdaAlias(_client_for(target.account_region, clients.lambda_client), target)


def lookup(account_region: AccountRegion, function: str) -> FunctionLookup:
    """Return the adapter that reads a function."""
    return FunctionLookup(_client_for(account_region, clients.lambda_client), account_region, function)


def version_metrics(account_region: AccountRegion) -> VersionMetrics:
    """Return the adapter that reads metrics."""
    return VersionMetrics(_client_for(account_region, clients.cloudwatch_client), settings.timing())


def alarms(account_region: AccountRegion) -> Alarms:
    """Return the adapter that reads CloudWatch alarms."""
    return Alarms(_client_for(account_region, clients.cloudwatch_client))


def ledger() -> Ledger:
    """Return the ledger."""
    return Ledger(clients.dynamodb_client(), settings.ledger_table())


def locks() -> Locks:
    """Return the locks of the aliases."""
    return Locks(clients.dynamodb_client(), settings.ledger_table())


def queue() -> Queue:
    """Return the queue of each alias."""
    return Queue(clients.dynamodb_client(), settings.ledger_table())


def tagged_functions(account_region: AccountRegion) -> TaggedFunctions:
    """Return the functions with the opt-in tag in an account and region."""
    return TaggedFunctions(_client_for(account_region, clients.tagging_client))


def cloudtrail(account_region: AccountRegion) -> CloudTrail:
    """Return the adapter that reads CloudTrail."""
    return CloudTrail(_client_for(account_region, clients.cloudtrail_client))


def executions() -> Executions:
    """Return the executions of the rollout state machine."""
    return Executions(clients.stepfunctions_client(), settings.state_machine_arn())


def event_bus() -> EventBus:
    """Return the bus for rollout events."""
    return EventBus(clients.events_client(), settings.bus_name())


def notification_topic() -> NotificationTopic:
    """Return the topic for notifications."""
    return NotificationTopic(clients.sns_client(), settings.topic_arn())


def _client_for(account_region: AccountRegion, client: Callable[..., _Client]) -> _Client:
    """Return the client for an account and region; raises OtherAccountError without member accounts."""
    return client() if account_region == settings.home() else client(account_region)
