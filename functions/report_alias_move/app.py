"""ReportAliasMove: reports that another writer moved an opted-in alias outside a rollout."""

from typing import Any

from rollout.admission.events.alias_event import read_alias_event
from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.tasks.report_alias_move import report_alias_move


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "the move was not reported"):
        updated = read_alias_event(event)
        reason = report_alias_move(updated)
        logger.info("Alias updated", target=updated.target.name, writer=updated.writer, ignored_because=reason)
        return {"reported": not reason, "reason": reason or f"{updated.target.name} was moved by {updated.writer}"}
