"""Decides what a command does to a rollout: the command as the lock keeps it, or the reason why it is refused."""

from collections.abc import Iterator

from rollout.domain.command_errors import CommandNotPossibleError, NoLiveRolloutError, UnknownMetricError
from rollout.domain.durations import format_duration, format_rounded_duration
from rollout.domain.enums import Command
from rollout.domain.text import format_names
from rollout.lifecycle.command_rules import Situation, is_at_gate, refusal_of, situation_of
from rollout.lifecycle.orders import orders_on
from rollout.policy.planned import MAX_DURATION_SECONDS, MAX_EVALUATIONS, METRIC_RETENTION_SECONDS
from rollout.policy.policy import Policy
from rollout.state.commands.taken import TakenCommand
from rollout.state.lock import Lock

MOST_COMMANDS = 100
"""The most commands of one rollout. DynamoDB allows 400 KB for the lock that keeps them; abort is always possible."""


def decide_command(command: TakenCommand, lock: Lock, policy: Policy | None, *, has_ended: bool) -> TakenCommand:
    """Return the command as the rollout that holds the lock obeys it; one that it obeys already is the same.

    `policy` is the rollout's; None where the command does not depend on it. `has_ended` says whether the ledger has its
    ending. Raises NoLiveRolloutError,
    CommandNotPossibleError or UnknownMetricError.
    """
    repeated = next((taken for taken in lock.commands if taken.id == command.id), None)
    if repeated:
        return repeated
    situation = situation_of(lock, has_ended=has_ended)
    refusal = refusal_of(command.command, situation, lock)
    if refusal:
        kind = NoLiveRolloutError if situation is Situation.ENDED else CommandNotPossibleError
        raise kind(refusal)
    if len(lock.commands) >= MOST_COMMANDS and command.command is not Command.ABORT:
        raise CommandNotPossibleError(
            f"The rollout of version {lock.canary_version} on {lock.target.name} has taken {MOST_COMMANDS} commands."
            " It takes no further one except abort."
        )
    if policy:
        _check(command, lock, policy)
    return command.model_copy(update={"write_number": lock.write_number, "at_gate": is_at_gate(situation)})


def _check(command: TakenCommand, lock: Lock, policy: Policy) -> None:
    """Raise what a command finds wrong with the policy of its rollout."""
    match command.command:
        case Command.EXTEND:
            for problem in _extension_problems(command, lock, policy):
                raise CommandNotPossibleError(f"{lock.target.name} does not take the command extend, because {problem}")
        case Command.IGNORE:
            for problem in _ignore_problems(command, lock, policy):
                raise UnknownMetricError(f"{lock.target.name} does not take the command ignore, because {problem}")


def _extension_problems(command: TakenCommand, lock: Lock, policy: Policy) -> Iterator[str]:
    extensions = [*orders_on(lock).extensions, command]
    seconds = policy.planned_seconds + sum(extension.seconds for extension in extensions)
    evaluations = policy.planned_evaluations + sum(policy.evaluations_in(extension.seconds) for extension in extensions)
    if seconds > MAX_DURATION_SECONDS:
        yield (
            f"the rollout would take about {format_rounded_duration(seconds)}, and the limit is"
            f" {format_duration(MAX_DURATION_SECONDS)}, because CloudWatch keeps minutes for"
            f" {format_duration(METRIC_RETENTION_SECONDS)}: extend it by less"
        )
    if evaluations > MAX_EVALUATIONS:
        yield (
            f"the rollout would need {evaluations:,} evaluations, and the limit per execution is {MAX_EVALUATIONS:,}:"
            " extend it by less, or pause it, which stretches the interval"
        )


def _ignore_problems(command: TakenCommand, lock: Lock, policy: Policy) -> Iterator[str]:
    measured = [metric for metric in policy.active_metrics if metric.name not in orders_on(lock).ignored]
    names = [metric.name for metric in measured]
    unknown = [name for name in command.metrics if name not in names]
    if unknown:
        yield f"it does not measure {format_names(unknown)}: use {format_names(names)}"
    elif not {metric.name for metric in measured if metric.is_critical} - {*command.metrics}:
        yield "no critical metric would be left to judge the canary by: leave one, or freeze or promote the rollout"
