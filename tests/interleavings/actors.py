"""Actors: pieces of work that stand still before each call to AWS, until they are let go on."""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

_HERE = threading.local()


class Fate(StrEnum):
    """What becomes of a call, or of who makes it."""

    ANSWERED = "answered"
    THROTTLED = "throttled"
    ANSWER_LOST = "answer_lost"
    DIES_BEFORE = "dies_before"
    DIES_AFTER = "dies_after"


class _Gone(BaseException):
    """When the process that ran an actor is gone."""


class Actor:
    """One piece of work, in a thread of its own; it and the test take turns, so one of them runs at a time."""

    def __init__(self, name: str, owner: str, work: Callable[[], Any]) -> None:
        self.name = name
        self.owner = owner
        """The execution it works for, or `guardian`."""
        self.behalf = owner
        """The execution whose alias it writes."""
        self.came_at = 0
        """The length of the alias's history when a guardian came."""
        self.reads_refused = 0
        self.has_ended = self.is_gone = False
        self.error: Exception | None = None
        self.broken: AssertionError | None = None
        """The promise it has broken."""
        self.result: Any = None
        self._fate = Fate.ANSWERED
        self._mine, self._theirs = threading.Lock(), threading.Lock()
        self._mine.acquire()
        self._theirs.acquire()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()
        self._theirs.acquire()

    def go_on(self, fate: Fate) -> None:
        """Make the next call, and stand still before the one after it."""
        if not self.has_ended:
            self._fate = fate
            self._mine.release()
            self._theirs.acquire()
        if self.broken:
            raise self.broken

    def finish(self) -> None:
        """Go on to the end, with every call answered."""
        while not self.has_ended:
            self.go_on(Fate.ANSWERED)

    def abandon(self) -> None:
        """Leave no thread behind."""
        while not self.has_ended:
            self.go_on(Fate.DIES_BEFORE)

    def stand_still(self) -> Fate:
        self._theirs.release()
        self._mine.acquire()
        return self._fate

    def _run(self, work: Callable[[], Any]) -> None:
        _HERE.actor = self
        try:
            self.result = work()
        except _Gone:
            self.is_gone = True
        except AssertionError as broken:
            self.broken = broken
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its task's error
            self.error = error
        self.has_ended = True
        self._theirs.release()


def at_work() -> Actor | None:
    """Return the actor whose call this is; None for the test itself."""
    return getattr(_HERE, "actor", None)


def read(effect: Callable[[], Any]) -> Any:
    """Ask AWS for something, as fate will have it."""
    return _called(effect, is_read=True)


def written(effect: Callable[[], Any]) -> Any:
    """Write something to AWS, as fate will have it."""
    return _called(effect, is_read=False)


def _called(effect: Callable[[], Any], *, is_read: bool) -> Any:
    actor = at_work()
    if actor is None:
        return effect()
    fate = actor.stand_still()
    if fate is Fate.ANSWERED:
        return effect()
    if fate in (Fate.ANSWER_LOST, Fate.DIES_AFTER):
        _done(effect)
    if fate in (Fate.DIES_BEFORE, Fate.DIES_AFTER):
        raise _Gone
    actor.reads_refused += is_read
    raise refusal("ServiceException" if fate is Fate.ANSWER_LOST else "ThrottlingException")


def _done(effect: Callable[[], Any]) -> None:
    try:
        effect()
    except ClientError:
        return


def refusal(code: str, kind: type[ClientError] = ClientError) -> ClientError:
    """Return one of AWS's refusals."""
    return kind({"Error": {"Code": code, "Message": "by the test"}}, "Call")
