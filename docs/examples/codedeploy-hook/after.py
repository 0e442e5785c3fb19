import boto3

functions = boto3.client("lambda")


def handler(event, context):
    response = functions.invoke(FunctionName=event["canary_arn"], Payload=b'{"path": "/health"}')
    verdict = "unhealthy" if "FunctionError" in response else "healthy"
    return {"verdict": verdict, "reason": response["Payload"].read().decode()}
