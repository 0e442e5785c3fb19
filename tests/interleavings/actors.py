"""Actors: units of work that pause before each call to AWS until the test resumes them."""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

_CURRENT = threading.local()


class CallOutcome(StrEnum):
    """What happens to a call, or to the process that makes it."""

    ANSWERED = "answered"
    THROTTLED = "throttled"
    RESPONSE_LOST = "response_lost"
    KILLED_BEFORE = "killed_before"
    KILLED_AFTER = "killed_after"


class _KilledError(BaseException):
    """When the process that runs the actor is killed; no handler may catch it."""


class Actor:
    """A unit of work in a thread of its own. The thread and the test take turns, so only one of them runs at a time."""

    def __init__(self, name: str, owner: str, work: Callable[[], Any]) -> None:
        self.name = name
        self.owner = owner
        """The execution that the task belongs to, or `guardian`."""
        self.execution = owner
        """The execution whose alias the actor writes."""
        self.first_seen_write = 0
        """The length of the alias's history when a guardian started."""
        self.refused_lookups = 0
        """How many calls failed that read, or that check the lock."""
        self.has_ended = self.is_killed = False
        self.error: Exception | None = None
        self.broken_promise: AssertionError | None = None
        self.result: Any = None
        self._outcome, self._is_finishing = CallOutcome.ANSWERED, False
        self._actor_turn, self._test_turn = threading.Lock(), threading.Lock()
        self._actor_turn.acquire()
        self._test_turn.acquire()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()
        self._test_turn.acquire()

    def resume(self, outcome: CallOutcome) -> None:
        """Make the next call, and pause before the call after it; raise the AssertionError of a broken promise."""
        if not self.has_ended:
            self._outcome = outcome
            self._actor_turn.release()
            self._test_turn.acquire()
        if self.broken_promise:
            raise self.broken_promise

    def finish(self) -> None:
        """Run to the end, with every call answered; raise the AssertionError of a broken promise."""
        self._is_finishing = True
        self.resume(CallOutcome.ANSWERED)

    def kill(self) -> None:
        """End the actor's thread."""
        while not self.has_ended:
            self.resume(CallOutcome.KILLED_BEFORE)

    def pause(self) -> CallOutcome:
        """Wait for the test to resume the actor; return the outcome of the actor's next call.

        The test would answer every call of an actor that finishes, so that one goes on by itself.
        """
        if not self._is_finishing:
            self._test_turn.release()
            self._actor_turn.acquire()
        return self._outcome

    def _run(self, work: Callable[[], Any]) -> None:
        _CURRENT.actor = self
        try:
            self.result = work()
        except _KilledError:
            self.is_killed = True
        except AssertionError as broken_promise:
            self.broken_promise = broken_promise
        except Exception as error:  # noqa: BLE001 - any exception of a handler is the error of its task
            # A handler reports every unexpected exception as InternalError, a broken promise of these tests too.
            self.broken_promise = error.__cause__ if isinstance(error.__cause__, AssertionError) else None
            self.error = error
        self.has_ended = True
        self._test_turn.release()


def current_actor() -> Actor | None:
    """Return the actor that makes the current call; None if the test itself makes it."""
    return getattr(_CURRENT, "actor", None)


def read_call(effect: Callable[[], Any]) -> Any:
    """Make a call that reads, or checks the lock, with the outcome that the test chose."""
    return _call(effect, is_lookup=True)


def write_call(effect: Callable[[], Any]) -> Any:
    """Make a call that writes, with the outcome that the test chose."""
    return _call(effect, is_lookup=False)


def _call(effect: Callable[[], Any], *, is_lookup: bool) -> Any:
    actor = current_actor()
    if actor is None:
        return effect()
    outcome = actor.pause()
    if outcome is CallOutcome.ANSWERED:
        return effect()
    if outcome in (CallOutcome.RESPONSE_LOST, CallOutcome.KILLED_AFTER):
        _carry_out(effect)
    if outcome in (CallOutcome.KILLED_BEFORE, CallOutcome.KILLED_AFTER):
        raise _KilledError
    actor.refused_lookups += is_lookup
    raise client_error("ServiceException" if outcome is CallOutcome.RESPONSE_LOST else "ThrottlingException")


def _carry_out(effect: Callable[[], Any]) -> None:
    try:
        effect()
    except ClientError:
        return


def client_error(code: str, kind: type[ClientError] = ClientError) -> ClientError:
    """Return an error response of AWS."""
    return kind({"Error": {"Code": code, "Message": "by the test"}}, "Call")
