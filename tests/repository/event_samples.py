"""The events of one rollout and of each of its endings, made by the code that publishes them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rollout.admission.refusals.of_request import refusals
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import Command, Phase
from rollout.judging.judge import judge
from rollout.lifecycle.alias_moves import KnownRouting
from rollout.lifecycle.command_rules import effect_of
from rollout.lifecycle.decide import decide
from rollout.lifecycle.freeze import with_freeze
from rollout.lifecycle.orders import Orders
from rollout.lifecycle.ownership import Ownership, apply_ownership_check
from rollout.lifecycle.rollback import Closing, rollback_ending
from rollout.lifecycle.transitions import begin_bake, begin_step, next_step
from rollout.lifecycle.writer_search import search_result, with_writer, writer_search
from rollout.log_findings.compare import compare
from rollout.log_findings.find import find_in_logs
from rollout.log_findings.lines import LogLine, VersionLines
from rollout.notifications.alias_move import alias_move_event
from rollout.notifications.build_events import ending_event, rejection_event, shift_events, writer_event
from rollout.notifications.command import command_event
from rollout.notifications.events import EndingEvent, Event, RolloutRejected
from rollout.notifications.freeze import FreezeEnd, RolloutFrozen, freeze_event
from rollout.notifications.gate import ApprovalRequested, RolloutPaused, gate_event
from rollout.notifications.headlines import NotifiedEvent
from rollout.state.alias import AliasState
from rollout.state.alias_move import AliasMove
from rollout.state.commands.record import record_of
from rollout.state.ending import Ending
from rollout.state.endings import handed_over as handed_over_ending
from rollout.state.endings import rejected
from rollout.state.endings import stopped_before_traffic as stopped_ending
from rollout.state.failure import Failure
from rollout.state.hold import Freeze, hold_at
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from tests.commands import command, lock
from tests.samples import AT, EXECUTION, ON_AWS, TARGET, facts, observation_of, policy, rollout

_FINE = ((240, 0, 2160, 2), (240, 1, 2180, 3), (240, 0, 2200, 2), (240, 1, 2150, 3), (243, 0, 2180, 2))
_FAULTY = ((240, 2, 2160, 2), (240, 3, 2180, 3), (240, 2, 2200, 2), (240, 3, 2150, 3), (243, 3, 2180, 2))
"""Minutes of the first step: the canary's calls and errors, and stable's."""
_KEY_ERROR = (
    "[ERROR] KeyError: 'customer'\nTraceback (most recent call last):\n"
    '  File "/var/task/app.py", line 3, in handler\n    event["customer"]\n'
)
_WRITER = "arn:aws:sts::123456789012:assumed-role/terraform/deploy at 2026-03-01T12:05:41Z"
_COMMANDS = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts-commands"
_STEP_ENDS = AT + timedelta(minutes=7)
_BAKE_ENDS = AT + timedelta(minutes=20)


def started() -> Event:
    """Return the event of the first shift."""
    first, _ = shift_events(_first_step(), AT)
    return first


def shifted() -> Event:
    """Return the event of the second step, which a healthy judgement has led to."""
    second = begin_step(next_step(_judged(_FINE, _STEP_ENDS)), "revision-3", _STEP_ENDS, ON_AWS)
    [event] = shift_events(second, _STEP_ENDS)
    return event


def approval_requested() -> ApprovalRequested | RolloutPaused:
    """Return the event of a rollout that needs an approval after its first step."""
    return _waiting({"approval": {"timeout": "24h"}})


def paused() -> ApprovalRequested | RolloutPaused:
    """Return the event of a rollout whose policy pauses it after its first step."""
    return _waiting({"pause": {}})


def frozen() -> RolloutFrozen:
    """Return the event of a rollout that a freeze of the stack holds when its first step is over."""
    freeze = Freeze(reason="holidays", until=datetime(2026, 3, 9, 8, tzinfo=UTC))
    hold = hold_at(policy(), freeze, _STEP_ENDS)
    begun = _first_step()
    held = decide(begun, judge(observation_of(*_FINE), begun.policy), _STEP_ENDS, ON_AWS, hold=hold)
    held = with_freeze(held, Orders(), hold)
    if held.freeze is None:
        raise TypeError("a healthy rollout is held by a freeze")
    return freeze_event(held, held.freeze, FreezeEnd(_COMMANDS, "/rollouts/freeze"))


def stopped_before_traffic() -> RolloutRejected:
    """Return the event of a rollout whose hook before traffic has stopped its version."""
    cause = "unhealthy: hooks before traffic: smoke-test: GET /health answered 500"
    closing = Closing.model_validate(rollout(step=0).document())
    event = ending_event(closing, stopped_ending(TARGET.name, "4", cause), AT)
    if not isinstance(event, RolloutRejected):
        raise TypeError("a version that is stopped before traffic is rejected")
    return event


def promoted() -> EndingEvent:
    """Return the event of a rollout whose bake is over."""
    baking = begin_bake(_first_step(), "revision-4", _BAKE_ENDS - timedelta(minutes=5), ON_AWS)
    bake = observation_of(*((2400, 2, 0, 0),) * 5, phase=Phase.BAKE)
    done = decide(baking, judge(bake, baking.policy), _BAKE_ENDS, ON_AWS)
    return _ended(Closing.model_validate(done.document()), _BAKE_ENDS)


def rolled_back() -> EndingEvent:
    """Return the event of a rollout whose canary fails more often than stable, and logs an error of its own."""
    closing = Closing.model_validate(_judged(_FAULTY, _STEP_ENDS).document())
    canary, stable = _log("4", _KEY_ERROR, 13, 1_203), _log("3", "ERROR The stock is low", 12, 10_870)
    logs = find_in_logs(compare(canary, stable), canary, stable)
    closing = closing.model_copy(update={"canary_logs": logs})
    ending = rollback_ending(AliasState(version="3", shares={"4": 10}, revision_id="revision-2"), closing)
    return _ended(closing, _STEP_ENDS, ending)


def refused() -> Event:
    """Return the event of a request for a version that the alias serves already."""
    request = RolloutRequest(
        account_region=TARGET.account_region, function="my-api", alias=None, version=None, policy=policy()
    )
    found = facts(alias=AliasState(version="4", revision_id="revision-1"), stable=facts().canary)
    [refusal] = refusals(request, found)
    asked = {"function": "my-api", "alias": "live", "version": 4}
    return rejection_event(asked, EXECUTION, rejected(refusal), AT)


def handed_over() -> EndingEvent:
    """Return the event of a rollout whose alias another writer has moved."""
    judged = _judged(_FINE, _STEP_ENDS)
    moved = AliasState(version="5", revision_id="another-revision")
    checked = apply_ownership_check(judged, Ownership(alias=moved, lock=lock_of(judged)))
    closing = Closing.model_validate(checked.document())
    return _ended(closing, _STEP_ENDS, with_writer(closing.known_ending, writer=""))


def handed_over_completed() -> EndingEvent | RolloutRejected:
    """Return the event that completes the ending with the writer, as the guardian publishes it minutes later."""
    first = handed_over()
    later = _STEP_ENDS + timedelta(minutes=5)
    closing = Closing.model_validate(_judged(_FINE, _STEP_ENDS).document())
    pending = handed_over_ending(first.sentence).model_copy(update={"moved_revision": "another-revision"})
    search = writer_search(closing, pending, _STEP_ENDS)
    result = search and search_result(search, pending, _WRITER, later)
    if not search or not result or not result.ending:
        raise TypeError("a rollout whose alias was moved has a search for the writer")
    return writer_event(search, result.ending, later)


def rollback_failed() -> EndingEvent:
    """Return the event of a rollout that neither RollBack nor RestoreAlias could roll back."""
    error = Failure(Error="Lambda.ResourceNotFoundException", Cause="Function not found")
    judged = _judged(_FAULTY, _STEP_ENDS).document()
    return _ended(Closing.model_validate(judged | {"failure": error.model_dump(by_alias=True)}), _STEP_ENDS)


def alias_moved() -> Event:
    """Return the event of an alias that a deployment tool has moved outside a rollout."""
    move = AliasMove(
        target=TARGET,
        event_id="0f2a6d0e-9a55-4a39-a3d4-0d1f3ad1ac51",
        at=AT,
        writer="arn:aws:sts::123456789012:assumed-role/terraform/deploy",
        version="3",
    )
    return alias_move_event(move, KnownRouting(version="4", shares={}))


def command_taken() -> Event:
    """Return the event of a rollout that an operator has paused."""
    held = lock()
    return command_event(record_of(command("pause"), held, effect_of(Command.PAUSE, held, 0, ())))


def _log(version: str, text: str, count: int, calls: int) -> VersionLines:
    """Return the log of a version that has one error, every 20 seconds by another request."""
    lines = tuple(
        LogLine(AT + timedelta(seconds=20 * number), "", text, f"8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a{number:02}")
        for number in range(1, count + 1)
    )
    groups = ("/aws/lambda/my-api",)
    span = {"version": version, "since": AT, "until": _STEP_ENDS, "log_groups": groups}
    return VersionLines.model_validate(span | {"lines": lines, "matched": count, "calls": calls})


def _first_step() -> Rollout:
    return begin_step(rollout(), "revision-2", AT, ON_AWS)


def _judged(minutes: tuple[tuple[int, int, int, int], ...], now: datetime) -> Rollout:
    first = _first_step()
    return decide(first, judge(observation_of(*minutes), first.policy), now, ON_AWS)


def _waiting(gate: dict[str, object]) -> ApprovalRequested | RolloutPaused:
    first, second = ({"percent": percent, "hold": "5m"} for percent in (10, 50))
    begun = _first_step().model_copy(update={"policy": policy(steps=[first, gate, second])})
    waiting = decide(begun, judge(observation_of(*_FINE), begun.policy), _STEP_ENDS, ON_AWS)
    if waiting.gate is None:
        raise TypeError("a healthy rollout reaches the gate of its step")
    return gate_event(waiting, waiting.gate, _COMMANDS)


def _ended(closing: Closing, at: datetime, ending: Ending | None = None) -> EndingEvent:
    event = ending_event(closing, ending or closing.known_ending, at)
    if isinstance(event, RolloutRejected):
        raise TypeError("a rollout with traffic was not rejected")
    return event


EVENTS: dict[str, Callable[[], Event]] = {
    "rollout-started": started,
    "step-shifted": shifted,
    "approval-requested": approval_requested,
    "rollout-paused": paused,
    "rollout-frozen": frozen,
    "rollout-promoted": promoted,
    "rollout-rolled-back": rolled_back,
    "rollout-rejected": refused,
    "rollout-handed-over": handed_over,
    "rollback-failed": rollback_failed,
    "alias-moved": alias_moved,
    "command-taken": command_taken,
}
"""What makes the sample of each event, by the event's slug."""

NOTIFIED: dict[str, Callable[[], NotifiedEvent]] = {
    "approval-requested": approval_requested,
    "rollout-paused": paused,
    "rollout-frozen": frozen,
    "rollout-promoted": promoted,
    "rollout-rolled-back": rolled_back,
    "rollout-handed-over": handed_over,
    "rollback-failed": rollback_failed,
}
"""The events of which people are notified; one more is `stopped_before_traffic`."""
