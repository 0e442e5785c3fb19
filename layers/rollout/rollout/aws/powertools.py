"""What every handler wears: Powertools' Logger, Tracer and Parser, each made once for a Lambda."""

from aws_lambda_powertools import Logger, Metrics, Tracer, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.parser import event_parser
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
tracer = Tracer()
metrics = Metrics()

__all__ = ["LambdaContext", "MetricUnit", "event_parser", "logger", "metrics", "single_metric", "tracer"]
