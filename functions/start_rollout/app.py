"""StartRollout: starts the one rollout of a published version, if its function is opted in."""

from typing import Any

from rollout.admission.version_event import VersionPublished, execution_input, execution_name
from rollout.aws.powertools import LambdaContext, logger
from rollout.aws.step_functions import executions
from rollout.tasks.start import resolve_alias_and_version


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    published = VersionPublished.model_validate(event)
    alias, version = resolve_alias_and_version(published)
    if alias is None or not version:
        reason = f"{published.function} has no {'opt-in tag' if alias is None else 'published version'}"
        logger.info("Version ignored", function=published.function, version=version, reason=reason)
        return {"started": False, "reason": reason}
    target = published.target(alias)
    name = execution_name(target, version)
    is_started = executions().start_once(name, execution_input(target, version, published.other_fields))
    logger.info(
        "Version published", function=target.function, alias=alias, version=version, execution=name, started=is_started
    )
    return {"started": is_started, "reason": f"execution {name}" if is_started else f"execution {name} already exists"}
