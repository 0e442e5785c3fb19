"""The Powertools utilities that the handlers use: Logger and Metrics, each created once per Lambda.

Lambda traces each invocation itself (active tracing). The X-Ray SDK takes longer to import than boto3, and the parser
of Powertools half as long, so neither is used.
"""

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics()

__all__ = ["LambdaContext", "MetricUnit", "logger", "metrics", "single_metric"]
