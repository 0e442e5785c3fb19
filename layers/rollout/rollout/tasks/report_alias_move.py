"""Reports that another writer moved an opted-in alias outside a rollout."""

from rollout.admission.events.alias_event import AliasUpdated
from rollout.aws import settings
from rollout.aws.dynamodb.alias_moves import alias_moves
from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import shares_of
from rollout.aws.lambda_.functions import lookup
from rollout.domain.errors import UnknownFunctionError
from rollout.domain.tags import tagged_alias
from rollout.lifecycle.alias_moves import KnownRouting, is_during_rollout, routing_before
from rollout.state.alias_move import AliasMove
from rollout.tasks.notify import publish_alias_move


def report_alias_move(updated: AliasUpdated) -> str:
    """Record and publish a move; return why it is not reported, and nothing where it is.

    Raises TagsUnreadableError, MemberAccessDeniedError or AwsUnavailableError.
    """
    if not updated.names_versions:
        return "the call changed neither versions nor weights"
    if _is_own_write(updated):
        return "the call was a rollout's own"
    # While many rollouts are live, an evaluation reads the alias at once only where the lock says so.
    locks().note_move(updated.target)
    if not _is_opted_in(updated):
        return "the function's tag does not opt the alias in"
    return _report(_move(updated))


def _report(move: AliasMove) -> str:
    moves = alias_moves()
    periods = moves.rollout_periods(move.target)
    before = routing_before(move.at, periods, moves.find_last_before(move.target, move.at))
    moves.record(move)
    if is_during_rollout(move.at, periods):
        return "a rollout held the alias, and reports the move itself"
    if before == KnownRouting(version=move.version, shares=move.shares):
        return "the alias served the same before"
    publish_alias_move(move, before)
    return ""


def _is_own_write(updated: AliasUpdated) -> bool:
    """Whether a role of this stack made the call; the role's name is compared as a whole, with its account."""
    if updated.writer_role is None:
        return False
    account_region, name = updated.writer_role
    if account_region.account == updated.account and name in settings.alias_roles(updated.region):
        return True
    return account_region.account == settings.home().account and name in settings.writing_roles()


def _is_opted_in(updated: AliasUpdated) -> bool:
    target = updated.target
    try:
        return tagged_alias(lookup(target.account_region, target.function).tags) == target.alias
    except UnknownFunctionError:
        return False


def _move(updated: AliasUpdated) -> AliasMove:
    return AliasMove(
        target=updated.target,
        event_id=updated.detail.event_id,
        at=updated.detail.at,
        writer=updated.writer,
        version=updated.detail.alias.version,
        shares=shares_of(updated.weights),
    )
