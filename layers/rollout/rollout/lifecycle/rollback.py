"""Decides how a rollback writes the alias and how it ends, from the fewest fields a document must have."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from rollout.domain.enums import Move, Outcome, Phase, Start
from rollout.domain.errors import InvalidDocumentError
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.domain.validation import read_as
from rollout.state.alias import AliasState
from rollout.state.canary_logs import CanaryLogs
from rollout.state.commands.taken import TakenCommand
from rollout.state.ending import Ending
from rollout.state.endings import (
    ending_of,
    format_moved,
    handed_over,
    moved_by_other,
    restored_because,
    rollback_failed,
    rolled_back,
)
from rollout.state.failure import Failure, format_failure
from rollout.state.judgement import Judgement
from rollout.state.lock import Lock
from rollout.state.releases.part import Participation


def none_if_invalid(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - as pydantic passes it
    """Return a validated value, or None for a field that is only reported."""
    try:
        return validate(value)
    except ValidationError:
        return None


class RollbackContext(Value):
    """What a rollback needs of the document; its other fields may be invalid."""

    execution: Execution
    target: Target
    stable_version: str
    canary_version: str
    # Any text is valid: an unknown phase or move leads to RollBack, and must not make it fail.
    phase: str = Phase.SHIFTING
    next_move: str = ""
    start: str = ""
    first_shift_at: Any = None
    reason: str = ""
    failure: Failure | None = None
    release: Annotated[Participation | None, WrapValidator(none_if_invalid)] = None

    @property
    def cause(self) -> str:
        """Why the rollout is rolled back: the error a Catch added, or else the reason of the last decision."""
        return format_failure(self.failure) if self.failure else self.reason

    @property
    def is_before_first_write(self) -> bool:
        """Whether no task of the rollout that writes the alias has begun: it only calls its hooks before traffic."""
        is_calling = self.next_move in (Move.RUN_BEFORE_TRAFFIC_HOOKS, Move.WAIT)
        return self.start == Start.RUN_BEFORE_TRAFFIC_HOOKS and self.first_shift_at is None and is_calling


class Closing(RollbackContext):
    """What CloseRollout needs of the document."""

    ending: Ending | None = None
    revision_id: str = ""
    channel: Annotated[str | None, WrapValidator(none_if_invalid)] = None
    judgement: Annotated[Judgement | None, WrapValidator(none_if_invalid)] = None
    canary_logs: Annotated[CanaryLogs | None, WrapValidator(none_if_invalid)] = None
    """Only reported, as the two above and below are, so an invalid one does not prevent the close."""
    step_started_at: Annotated[datetime | None, WrapValidator(none_if_invalid)] = None
    evaluations: Annotated[int | None, WrapValidator(none_if_invalid)] = None

    @property
    def was_rolled_back(self) -> bool:
        """Whether RollBack or RestoreAlias ran before."""
        return self.failure is not None or self.next_move not in (Move.FINISH, Move.HAND_OVER, Move.REJECT)

    @property
    def promoted_at(self) -> datetime | None:
        """When the alias served the canary alone; None before the bake, or where it is not known."""
        return self.step_started_at if self.phase == Phase.BAKE else None

    @property
    def known_ending(self) -> Ending:
        """The ending in the document; RollbackFailed where neither RollBack nor RestoreAlias reached one."""
        unknown = Failure(Error="Unknown", Cause="no task reported how the rollout ended")
        return self.ending or rollback_failed(self.target.name, self.stable_version, self.failure or unknown)


def read_context(document: object) -> RollbackContext:
    """Return what a rollback needs of the document. Raises InvalidDocumentError, which names each unreadable field."""
    return read_as(RollbackContext, document, "The document of the rollout", InvalidDocumentError)


def read_closing(document: object) -> Closing:
    """Return what CloseRollout needs of the document. Raises InvalidDocumentError, naming each unreadable field."""
    return read_as(Closing, document, "The document of the rollout", InvalidDocumentError)


def is_own_state(alias: AliasState, context: RollbackContext) -> bool:
    """Whether the rollout itself may have left the alias like this, so that it may restore it."""
    known = {context.stable_version, context.canary_version}
    if not {alias.version, *alias.shares} <= known:
        return False
    return alias.version == context.stable_version or _may_be_promoted(context)


def _may_be_promoted(context: RollbackContext) -> bool:
    """Whether a promotion may have been written; its answer may have been lost before the document recorded it."""
    return context.phase == Phase.BAKE or context.next_move == Move.PROMOTE


def rollback_ending(alias: AliasState | None, context: RollbackContext) -> Ending:
    """Return the ending of a rollback: rolled back, or handed over where the alias was moved."""
    if alias and is_own_state(alias, context):
        return rolled_back(context.target.name, context.stable_version, context.cause)
    return moved_by_other(format_left_as_is(alias, context, format_expected(context)), alias)


def corrected_ending(ending: Ending, alias: AliasState | None, closing: Closing, lock: Lock) -> Ending:
    """Return the ending that the alias proves while the rollout holds the lock (P10).

    A rollback reported as failed may have restored the alias, and one reported as made may have left it split.
    """
    if ending.outcome is Outcome.ROLLBACK_FAILED:
        return _corrected_failure(ending, alias, closing)
    return _corrected_rollback(ending, alias, closing, lock) if ending.outcome is Outcome.ROLLED_BACK else ending


def _corrected_failure(ending: Ending, alias: AliasState | None, closing: Closing) -> Ending:
    if alias and alias.serves_alone(closing.stable_version):
        return rolled_back(closing.target.name, closing.stable_version, closing.cause)
    if alias and is_own_state(alias, closing):
        return ending
    return moved_by_other(format_left_as_is(alias, closing, format_expected(closing)), alias)


def _corrected_rollback(ending: Ending, alias: AliasState | None, closing: Closing, lock: Lock) -> Ending:
    """Return the ending of a rollback that AWS answered: the alias was moved after it, unless the rollout split it."""
    if alias and alias.serves_alone(closing.stable_version):
        return restored_because(ending, closing.reason) if closing.next_move == Move.ROLL_BACK else ending
    if alias and is_own_state(alias, closing) and _is_own_write(alias, ending, lock):
        return not_restored(alias, closing)
    restored = AliasState(version=closing.stable_version, revision_id="").format()
    return moved_by_other(format_left_as_is(alias, closing, restored), alias)


def _is_own_write(alias: AliasState, ending: Ending, lock: Lock) -> bool:
    """Whether the alias is as RestoreAlias left it, or as a late task may have left it, which RollBack did not end."""
    return alias.revision_id == ending.restored_revision or not lock.is_rolling_back


def not_restored(alias: AliasState, context: RollbackContext) -> Ending:
    """Return the ending of a rollback that AWS answered with success, but whose alias is not as it was written."""
    return ending_of(
        Outcome.ROLLBACK_FAILED,
        f"{context.target.name} serves {alias.format()}, although AWS answered that the rollback to version"
        f" {context.stable_version} succeeded. The guardian repairs it within ten minutes, or do it by hand:"
        f" docs/runbook.md, RollbackFailed. The rollout was being rolled back because: {context.cause}",
    )


def frozen_ending(target_name: str, frozen: TakenCommand, alias: AliasState | None, cause: str) -> Ending:
    """Return the ending of a rollout that ends while a command keeps its alias as it is; `cause` is why it ends."""
    state = f"it serves {alias.format()}" if alias else "the alias no longer exists"
    return handed_over(
        f"{target_name} is left as it is, for a person to decide: {state}; the rollout was frozen"
        f" {frozen.source_since}; {cause}"
    )


def stable_deleted_ending(context: RollbackContext) -> Ending:
    """Return the ending of a rollback to a stable version that was deleted during the rollout."""
    stable, canary = context.stable_version, context.canary_version
    return handed_over(
        f"{context.target.name} serves version {canary} alone because version {stable}"
        f" was deleted during the rollout. Publish a version that works, and roll it out. The rollout was being rolled"
        f" back because: {context.cause}"
    )


def format_left_as_is(alias: AliasState | None, context: RollbackContext, expected: str) -> str:
    """Return the sentence for an alias that another writer moved, and that is therefore left as it is."""
    moved = format_moved(context.target.name, expected, alias)
    return f"{moved}. The alias is left as it is; the rollout was being rolled back because: {context.cause}"


def format_expected(context: RollbackContext) -> str:
    """Return the states that the rollout itself may have left the alias in, as a sentence part."""
    stable, canary = context.stable_version, context.canary_version
    if _may_be_promoted(context):
        return f"version {stable} or {canary}"
    return f"version {stable}, alone or with a share to version {canary},"
