"""The way back to stable, with the least a document must hold for it."""

from typing import Annotated, Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from rollout.domain.enums import Move, Outcome, Phase
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.state.alias import AliasState
from rollout.state.endings import format_failure, format_moved, handed_over, rollback_failed, rolled_back
from rollout.state.judgement import Judgement
from rollout.state.rollout import Ending, Failure


class RollbackContext(Value):
    """What rolling back needs to know; whatever else the document holds may be broken."""

    execution: Execution
    target: Target
    stable_version: str
    canary_version: str
    # Any text is taken: a word we do not know leads to RollBack, and must not stop it.
    phase: str = Phase.SHIFTING
    next_move: str = ""
    reason: str = ""
    failure: Failure | None = None

    @property
    def why(self) -> str:
        """Why the rollout is taken back: the error that led here, or else the last decision."""
        return format_failure(self.failure) if self.failure else self.reason


def _if_sound(value: Any, read: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - as pydantic hands it over
    try:
        return read(value)
    except ValidationError:
        return None


class Closing(RollbackContext):
    """What closing a rollout needs to know."""

    ending: Ending | None = None
    revision_id: str = ""
    judgement: Annotated[Judgement | None, WrapValidator(_if_sound)] = None
    """Only told, so that one that cannot be read keeps no rollout from being closed."""

    @property
    def known_ending(self) -> Ending:
        """The ending it came to; where none was reached, neither way back worked."""
        unknown = Failure(Error="Unknown", Cause="no task said how the rollout ended")
        return self.ending or rollback_failed(self.target.name, self.stable_version, self.failure or unknown)


def is_ours(found: AliasState, way: RollbackContext) -> bool:
    """Whether the alias is where this rollout may have put it, so that it is ours to put back."""
    known = {way.stable_version, way.canary_version}
    if not {found.version, *found.shares} <= known:
        return False
    return found.version == way.stable_version or _may_be_promoted(way)


def _may_be_promoted(way: RollbackContext) -> bool:
    """A promotion whose answer was lost leaves the alias at the canary before the document says so."""
    return way.phase == Phase.BAKE or way.next_move == Move.PROMOTE


def must_write(found: AliasState, way: RollbackContext) -> bool:
    """Whether the alias is ours and not yet at stable alone."""
    return is_ours(found, way) and not found.serves_alone(way.stable_version)


def rollback_ending(found: AliasState | None, way: RollbackContext) -> Ending:
    """Return how the way back ends: at stable alone, or left to whoever moved the alias."""
    if found and is_ours(found, way):
        return rolled_back(way.target.name, way.stable_version, way.why)
    return handed_over(left_alone(found, way))


def corrected_ending(ending: Ending, found: AliasState | None, closing: Closing) -> Ending:
    """Return an ending as the alias proves it: a way back that is said to have failed may have led home (P10)."""
    if ending.outcome is not Outcome.ROLLBACK_FAILED:
        return ending
    if found and found.serves_alone(closing.stable_version):
        return rolled_back(closing.target.name, closing.stable_version, closing.why)
    return ending if found and is_ours(found, closing) else handed_over(left_alone(found, closing))


def stable_deleted_ending(way: RollbackContext) -> Ending:
    """Return the ending of a way back that leads nowhere, as stable was deleted while the canary was tried."""
    return handed_over(
        f"{way.target.name} serves version {way.canary_version} alone, as version {way.stable_version} was deleted"
        f" during the rollout and nothing else is left to serve: publish a version that is sound. The rollout was being"
        f" taken back because: {way.why}"
    )


def left_alone(found: AliasState | None, way: RollbackContext) -> str:
    """Return the sentence for an alias that somebody else has moved, and that we therefore leave."""
    moved = format_moved(way.target.name, _where_we_left_it(way), found)
    return f"{moved}. It is left as it is; the rollout was being taken back because: {way.why}"


def _where_we_left_it(way: RollbackContext) -> str:
    if _may_be_promoted(way):
        return f"version {way.stable_version} or {way.canary_version}"
    return f"version {way.stable_version}, alone or with a share to version {way.canary_version},"
