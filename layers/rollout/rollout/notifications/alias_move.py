"""Builds the event of an alias that another writer moved outside a rollout."""

from rollout.lifecycle.alias_moves import KnownRouting
from rollout.notifications.events import AliasMoved, slug
from rollout.state.alias import AliasState
from rollout.state.alias_move import AliasMove


def alias_move_event(move: AliasMove, before: KnownRouting | None) -> AliasMoved:
    """Return the event of a move outside a rollout; a repeated CloudTrail event gives it the same id."""
    return AliasMoved(
        schema_version=1,
        id=f"{move.event_id}/{slug(AliasMoved)}",
        at=move.at,
        sentence=_format_move(move, before),
        target=move.target,
        writer=move.writer,
        version=move.version,
        shares=move.shares,
        version_before=before.version if before else None,
        shares_before=before.shares if before else None,
    )


def _format_move(move: AliasMove, before: KnownRouting | None) -> str:
    serves = AliasState(version=move.version, shares=move.shares, revision_id="").format()
    moved = f"{move.target.name} was moved outside a rollout by {move.writer}: it serves {serves}"
    if before is None:
        return f"{moved}; what it served before is not in the ledger"
    served = AliasState(version=before.version, shares=before.shares, revision_id="").format()
    return (
        f"{moved}, and served {served} before. If that was not intended, restore it (aws lambda update-alias"
        f" --function-name {move.target.function} --name {move.target.alias} --function-version {before.version}"
        " --routing-config 'AdditionalVersionWeights={}'), and let only Lambda Rollouts move it"
    )
