"""Hands each handler its adapters, with the stack's settings and the right account's clients in them."""

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
    """Return the alias a rollout is about."""
    return LambdaAlias(_at(target.account_region, clients.lambda_client), target)


def lookup(account_region: AccountRegion, function: str) -> FunctionLookup:
    """Return the reader of a function."""
    return FunctionLookup(_at(account_region, clients.lambda_client), account_region, function)


def version_metrics(account_region: AccountRegion) -> VersionMetrics:
    """Return the reader of Lambda's metrics."""
    return VersionMetrics(_at(account_region, clients.cloudwatch_client), settings.timing())


def alarms(account_region: AccountRegion) -> Alarms:
    """Return the reader of CloudWatch alarms."""
    return Alarms(_at(account_region, clients.cloudwatch_client))


def ledger() -> Ledger:
    """Return the table of rollouts."""
    return Ledger(clients.dynamodb_client(), settings.ledger_table())


def locks() -> Locks:
    """Return who may write which alias."""
    return Locks(clients.dynamodb_client(), settings.ledger_table())


def queue() -> Queue:
    """Return the versions that wait for an alias."""
    return Queue(clients.dynamodb_client(), settings.ledger_table())


def tagged_functions(account_region: AccountRegion) -> TaggedFunctions:
    """Return the functions that carry our tag."""
    return TaggedFunctions(_at(account_region, clients.tagging_client))


def cloudtrail(account_region: AccountRegion) -> CloudTrail:
    """Return CloudTrail's memory."""
    return CloudTrail(_at(account_region, clients.cloudtrail_client))


def executions() -> Executions:
    """Return the executions of our state machine."""
    return Executions(clients.stepfunctions_client(), settings.state_machine_arn())


def event_bus() -> EventBus:
    """Return the bus that carries our news."""
    return EventBus(clients.events_client(), settings.bus_name())


def notification_topic() -> NotificationTopic:
    """Return the topic that tells people."""
    return NotificationTopic(clients.sns_client(), settings.topic_arn())


def _at(account_region: AccountRegion, client: Callable[..., _Client]) -> _Client:
    """Return the client that works there; raises OtherAccountError where we serve no members."""
    return client() if account_region == settings.home() else client(account_region)
