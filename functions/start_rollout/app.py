"""StartRollout: starts the one rollout of a published version, if its function is opted in."""

from datetime import UTC, datetime
from typing import Any

from rollout.admission.events.version_event import read_event
from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.tasks.start import let_wait, resolve_alias_and_version, start_once


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "no rollout was started"):
        published = read_event(event)
        found = resolve_alias_and_version(published)
        alias, version, reason, _ = found
        if found.release:
            reason, is_started = let_wait(published, found, datetime.now(UTC))
            logger.info("Version waits for release", function=published.function, version=version, reason=reason)
            return {"started": is_started, "reason": reason}
        if alias is None or not version or reason:
            logger.info("Version ignored", function=published.function, version=version, reason=reason)
            return {"started": False, "reason": reason}
        name, is_started = start_once(published, alias, version)
        fields: dict[str, Any] = {"alias": alias, "version": version, "execution": name, "started": is_started}
        logger.info("Version published", function=published.function, **fields)
        return {"started": is_started, "reason": f"execution {name}{'' if is_started else ' already exists'}"}
