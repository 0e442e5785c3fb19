"""StartRollout: a version was published; start its one rollout, if its function is opted in."""

from rollout.aws.frame import LambdaContext, event_parser, logger, tracer
from rollout.aws.wiring import executions, lookup
from rollout.published import VersionPublished, execution_input, execution_name


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@event_parser(model=VersionPublished)
def handler(published: VersionPublished, context: LambdaContext) -> dict[str, object]:
    alias = lookup(published.function).opted_in_alias
    if not alias:
        logger.info("Version left alone: no opt-in tag", function=published.function, version=published.version)
        return {"started": False, "reason": f"{published.function} has no opt-in tag"}
    target = published.target(alias)
    name = execution_name(target, published.version)
    is_new = executions().start_once(name, execution_input(target, published.version))
    logger.info("Version seen", target=target.name, version=published.version, execution=name, started=is_new)
    return {"started": is_new, "reason": f"execution {name}" if is_new else f"execution {name} was started before"}
