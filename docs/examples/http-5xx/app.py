"""Answers orders, and counts the answers with a status of 500 or more by the version that gave them."""

import json
import os

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

metrics = Metrics(namespace="Shop", service=os.environ["AWS_LAMBDA_FUNCTION_NAME"])
metrics.set_default_dimensions(version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"])


@metrics.log_metrics
def handler(event, context):
    answer = place_order(event)
    # A zero too: a minute without a datapoint is unknown, and missing data never passes.
    metrics.add_metric(name="ServerErrors", unit=MetricUnit.Count, value=int(answer["statusCode"] >= 500))
    return answer


def place_order(event):
    if not event.get("body"):
        return {"statusCode": 500, "body": "An order without a body stands for a defect."}
    return {"statusCode": 200, "body": json.dumps({"sold": event["body"]})}
