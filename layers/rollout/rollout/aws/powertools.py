"""What every handler uses: Powertools' Logger, created once per Lambda, metrics, and the report of errors.

Lambda traces each invocation itself (active tracing). The X-Ray SDK takes longer to import than boto3, and the parser
of Powertools half as long, so neither is used.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider
from aws_lambda_powertools.utilities.typing import LambdaContext

from rollout.domain.errors import InternalError, RolloutError, VersionPendingError
from rollout.telemetry.catalog import CATALOG, Metric

logger = Logger()

__all__ = ["LambdaContext", "internal_errors", "logger", "publishing_errors", "write_metrics"]


@contextmanager
def internal_errors(context: LambdaContext, consequence: str) -> Iterator[None]:
    """Raise InternalError for an unexpected exception, and log its stack trace; a RolloutError passes through.

    Step Functions shows the message of an error to operators, so it is a sentence: `consequence` says what became of
    the alias, and the log group and the request ID lead to the stack trace. A task that waits for a Pending version
    is counted, because its error is a planned one.
    """
    try:
        yield
    except VersionPendingError:
        write_metrics({Metric.PLANNED_RETRIES: 1}, {"task": context.function_name})
        raise
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
        write_metrics({Metric.EVENTS_NOT_PUBLISHED: 1}, {"event": event})


def write_metrics(values: Mapping[Metric, float], *dimension_sets: Mapping[str, str]) -> None:
    """Write the values as one line, under each set of dimensions; without a set, for the whole stack. Never raises.

    The line is written at once: with Powertools' decorator, a task that dies would lose what it has counted. Powertools
    adds the namespace and the dimension `service` by the environment of the Lambda.
    """
    try:
        line = AmazonCloudWatchEMFProvider()
        for metric, value in values.items():
            line.add_metric(metric, CATALOG[metric].unit, value)
        first, *others = dimension_sets or ({},)
        for name, dimension in first.items():
            line.add_dimension(name, dimension)
        for dimensions in others:
            line.add_dimensions(**dimensions, service=line.service or "")
        line.flush_metrics()
    except Exception as error:  # noqa: BLE001 - no metric may harm a rollout
        logger.warning("Metrics not written", metrics=[*values], error=f"{type(error).__name__}: {error}")
