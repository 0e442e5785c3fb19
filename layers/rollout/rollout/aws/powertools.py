"""What every handler uses: Powertools' Logger and Metrics, created once per Lambda, and the report of errors.

Lambda traces each invocation itself (active tracing). The X-Ray SDK takes longer to import than boto3, and the parser
of Powertools half as long, so neither is used.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from rollout.domain.errors import InternalError, RolloutError

logger = Logger()
metrics = Metrics()

__all__ = ["LambdaContext", "MetricUnit", "internal_errors", "logger", "metrics", "publishing_errors", "single_metric"]


@contextmanager
def internal_errors(context: LambdaContext, consequence: str) -> Iterator[None]:
    """Raise InternalError for an unexpected exception, and log its stack trace; a RolloutError passes through.

    Step Functions shows the message of an error to operators, so it is a sentence: `consequence` says what became of
    the alias, and the log group and the request ID lead to the stack trace.
    """
    try:
        yield
    except RolloutError:
        raise
    except Exception as error:
        logger.exception("Internal error", consequence=consequence)
        raise InternalError(
            f"internal error ({type(error).__name__}), {consequence}; log group {context.log_group_name}, request id"
            f" {context.aws_request_id}"
        ) from error


@contextmanager
def publishing_errors(event: str) -> Iterator[None]:
    """Log and count a failure to publish an event, and go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - no error of publishing may roll back a rollout
        logger.warning("Event not published", event=event, error=f"{type(error).__name__}: {error}")
        with single_metric(name="EventsNotPublished", unit=MetricUnit.Count, value=1) as metric:
            metric.add_dimension("event", event)
