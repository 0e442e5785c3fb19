"""Treats targets one by one: one that fails never stops the others, and none starts after the time has run out (P9)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rollout.aws.dynamodb.items import OpenEntry
from rollout.aws.dynamodb.sweeps.sweep_cursor import sweep_cursor
from rollout.aws.powertools import logger
from rollout.domain.errors import RolloutError, UnknownFunctionError
from rollout.domain.models import Value
from rollout.telemetry.catalog import Metric

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_RESERVE_MILLISECONDS = 90_000
"""No target starts with less time left: each of its calls may be retried for half a minute."""


class FailedTarget(Value):
    """A target that could not be treated, and why."""

    target: str
    error: str


class TargetSweep:
    """What became of the targets of one run of the guardian, over all its sweeps."""

    def __init__(self, remaining_milliseconds: Callable[[], int]) -> None:
        self._remaining_milliseconds = remaining_milliseconds
        self.failed: list[FailedTarget] = []
        self.deleted: list[str] = []
        """The functions that no longer exist: the tagging API lists them for an hour or more."""
        self.not_reached: list[str] = []

    def treat_each(
        self, sweep: str, items: Iterable[tuple[str, _Item]], treat: Callable[[_Item], Iterator[_Result]]
    ) -> Iterator[_Result]:
        """Yield what `treat` yields for each named item; an item that raises is reported, and the next one follows.

        Where the time is over, the remaining items are reported, and the next run of this sweep begins with them.
        """
        ordered = self._in_turn(sweep, dict(items))
        for position, (name, item) in enumerate(ordered):
            if self._remaining_milliseconds() < _RESERVE_MILLISECONDS:
                self._stop(sweep, [left for left, _ in ordered[position:]])
                return
            with self.isolate(name):
                yield from treat(item)

    def treat_found(
        self,
        sweep: str,
        subject: str,
        find: Callable[[], Iterable[OpenEntry[_Item]]],
        treat: Callable[[_Item], Iterator[_Result]],
    ) -> Iterator[_Result]:
        """Yield what `treat` yields for each entry found; where `find` raises, it is reported as `subject`."""
        entries: list[OpenEntry[_Item]] = []
        with self.isolate(subject):
            entries += find()
        yield from self.treat_each(sweep, ((each.name, each) for each in entries), lambda each: treat(each.read()))

    @contextmanager
    def isolate(self, name: str) -> Iterator[None]:
        """Report whatever error is raised for a target, and go on; the log has the stack trace of a defect."""
        try:
            yield
        except UnknownFunctionError:
            logger.info("Function deleted", target=name)
            self.deleted.append(name)
        except Exception as error:  # noqa: BLE001 - a defect that one target meets must not stop the others
            log = logger.warning if isinstance(error, RolloutError) else logger.exception
            log("Target failed", target=name, error=_format(error))
            self.failed.append(FailedTarget(target=name, error=_format(error)))

    def report(self, **done: object) -> dict[str, Any]:
        """Return what was done, and which targets failed, were deleted or not reached, for the log and the answer."""
        failed = [failed.model_dump() for failed in self.failed]
        return done | {"failed": failed, "deleted": self.deleted, "not_reached": self.not_reached}

    def counts(self, *, repaired: int, started: int) -> dict[Metric, float]:
        """Return the metrics of a run that repaired so many aliases, and started the rollouts of so many versions."""
        return {
            Metric.ALIASES_REPAIRED: repaired,
            Metric.MISSED_VERSIONS_FOUND: started,
            Metric.TARGETS_FAILED: len(self.failed),
            Metric.TARGETS_DELETED: len(self.deleted),
            Metric.TARGETS_NOT_REACHED: len(self.not_reached),
        }

    def _in_turn(self, sweep: str, items: dict[str, _Item]) -> list[tuple[str, _Item]]:
        """Return the items by name, beginning with the one at which the last run of this sweep stopped."""
        first = ""
        if len(items) <= 1:
            return [*items.items()]
        with self.isolate(f"where the sweep of {sweep} stopped"):
            first = sweep_cursor().take(sweep)
        return sorted(items.items(), key=lambda named: (named[0] < first, named[0]))

    def _stop(self, sweep: str, names: list[str]) -> None:
        logger.warning("Sweep ran out of time", sweep=sweep, not_reached=names)
        self.not_reached += names
        with self.isolate(f"where the sweep of {sweep} stopped"):
            sweep_cursor().put(sweep, names[0])


def _format(error: Exception) -> str:
    return str(error) if isinstance(error, RolloutError) else f"{type(error).__name__}: {error}"
