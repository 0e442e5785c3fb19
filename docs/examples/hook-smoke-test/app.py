"""A hook: sends HTTP requests to the new version by its ARN, so that no caller meets an answer of it."""

import json
import os

import boto3

PATHS = os.environ.get("PATHS", "/health").split(",")

functions = boto3.client("lambda")


def handler(event, context):
    for path in PATHS:
        response = functions.invoke(FunctionName=event["canary_arn"], Payload=json.dumps(get(path)))
        answer = json.load(response["Payload"])
        if "FunctionError" in response:
            return unhealthy(path, f"raises {answer.get('errorMessage', 'an error')}")
        if answer.get("statusCode", 500) >= 400:
            return unhealthy(path, f"answers {answer.get('statusCode', 'without a status code')}")
    return {"verdict": "healthy", "reason": f"{len(PATHS)} of {len(PATHS)} paths answer"}


def unhealthy(path, found):
    return {"verdict": "unhealthy", "reason": f"GET {path} {found}"}


def get(path):
    """Return the event of an HTTP API for a GET request."""
    http = {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "hook"}
    return {"version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {}, "requestContext": {"http": http}}
