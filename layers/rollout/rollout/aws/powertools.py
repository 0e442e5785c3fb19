"""What every handler uses of Powertools: Logger and Metrics, each made once for a Lambda.

Lambda traces each invocation itself (active tracing); the X-Ray SDK would take longer to import than boto3, and
Powertools' parser half as long, so neither is used.
"""

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics()

__all__ = ["LambdaContext", "MetricUnit", "logger", "metrics", "single_metric"]
