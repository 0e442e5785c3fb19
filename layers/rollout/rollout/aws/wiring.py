"""Hands each handler its adapters, with the stack's settings and the right account's clients in them."""

from collections.abc import Callable
from typing import TypeVar

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.cloudtrail import Trail
from rollout.aws.cloudwatch.alarms import Alarms
from rollout.aws.cloudwatch.metrics import VersionMetrics
from rollout.aws.dynamodb.ledger import Ledger
from rollout.aws.dynamodb.locks import Claims
from rollout.aws.dynamodb.queue import WaitingVersions
from rollout.aws.event_bus import NewsBus
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.aws.lambda_.functions import FunctionLookup
from rollout.aws.lambda_.tagged_functions import OptedIn
from rollout.aws.sns_topic import NoticeTopic
from rollout.aws.step_functions import Executions
from rollout.domain.identity import Place, Target

_Client = TypeVar("_Client")


def alias_of(target: Target) -> LambdaAlias:
    """Return the alias a rollout is about."""
    return LambdaAlias(_at(target.place, clients.lambda_client), target)


def lookup(place: Place, function: str) -> FunctionLookup:
    """Return the reader of a function."""
    return FunctionLookup(_at(place, clients.lambda_client), place, function)


def version_metrics(place: Place) -> VersionMetrics:
    """Return the reader of Lambda's metrics."""
    return VersionMetrics(_at(place, clients.cloudwatch_client), settings.timing())


def alarms(place: Place) -> Alarms:
    """Return the reader of CloudWatch alarms."""
    return Alarms(_at(place, clients.cloudwatch_client))


def ledger() -> Ledger:
    """Return the table of rollouts."""
    return Ledger(clients.dynamodb_client(), settings.ledger_table())


def claims() -> Claims:
    """Return who may write which alias."""
    return Claims(clients.dynamodb_client(), settings.ledger_table())


def waiting_versions() -> WaitingVersions:
    """Return the versions that wait for an alias."""
    return WaitingVersions(clients.dynamodb_client(), settings.ledger_table())


def opted_in(place: Place) -> OptedIn:
    """Return the functions that carry our tag."""
    return OptedIn(_at(place, clients.tagging_client))


def trail(place: Place) -> Trail:
    """Return CloudTrail's memory."""
    return Trail(_at(place, clients.cloudtrail_client))


def executions() -> Executions:
    """Return the executions of our state machine."""
    return Executions(clients.stepfunctions_client(), settings.state_machine_arn())


def news_bus() -> NewsBus:
    """Return the bus that carries our news."""
    return NewsBus(clients.events_client(), settings.bus_name())


def notice_topic() -> NoticeTopic:
    """Return the topic that tells people."""
    return NoticeTopic(clients.sns_client(), settings.topic_arn())


def _at(place: Place, client: Callable[..., _Client]) -> _Client:
    """Return the client that works there; raises ForeignTargetError where we serve no members."""
    return client() if place == settings.home() else client(place)
