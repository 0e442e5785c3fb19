import os

import boto3

codedeploy = boto3.client("codedeploy")
functions = boto3.client("lambda")


def handler(event, context):
    status = "Failed"
    try:
        response = functions.invoke(FunctionName=os.environ["NEW_VERSION"], Payload=b'{"path": "/health"}')
        if "FunctionError" not in response:
            status = "Succeeded"
    finally:
        codedeploy.put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
