"""A state machine acts with its own role, and with nothing more."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import lambda_svc, stepfunctions, tagging

from sandbox.emulator import audit, executions
from sandbox.emulator.seams import Original, Record, extends

_LAMBDA_SDK = "arn:aws:states:::aws-sdk:lambda:"


@extends(stepfunctions, "_call_lambda")
def _invoke_as_machine(original: Original, reference: str, event: object) -> object:
    arn = reference if reference.startswith("arn:") else lambda_svc._func_arn(reference)
    _require("lambda:InvokeFunction", arn, "Lambda.AWSLambdaException")
    return original(reference, event)


@extends(stepfunctions, "_invoke_aws_sdk_integration")
def _call_as_machine(original: Original, resource: str, task_input: Record) -> object:
    if not resource.startswith(_LAMBDA_SDK):
        raise stepfunctions._ExecutionError(
            "States.Runtime", f"The sandbox does not know which permission {resource} needs: say so in machine_roles."
        )
    operation = resource.removeprefix(_LAMBDA_SDK)
    name = task_input.get("FunctionName", "")
    arn = name if name.startswith("arn:") else lambda_svc._func_arn(name)
    _require(f"lambda:{operation[:1].upper()}{operation[1:]}", arn, "Lambda.LambdaException")
    return original(resource, task_input)


def _require(action: str, arn: str, error: str) -> None:
    execution = executions.current.get()
    role = stepfunctions._state_machines.get(execution["stateMachineArn"])["roleArn"]
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    session = f"arn:aws:sts::{account}:assumed-role/{name}/{execution['name']}"
    policies = iam_evaluator._gather_role_policies(name, account)
    allowed = iam_evaluator.evaluate(_context(session, action, arn), policies).decision == "Allow"
    audit.write(session, action, arn, allowed=allowed)
    if not allowed:
        raise stepfunctions._ExecutionError(
            error,
            f"User: {session} is not authorized to perform: {action} on resource: {arn} "
            f"because no identity-based policy allows the {action} action",
        )


def _context(session: str, action: str, arn: str) -> Any:  # noqa: ANN401 - MiniStack's type, which it does not declare
    tags = tagging.resource_tags(arn) or {}
    return iam_evaluator.EvalContext(
        principal_arn=session,
        principal_type="AssumedRole",
        principal_account=session.split(":")[4],
        action=action,
        resource_arn=arn,
        region=responses.get_region(),
        service_context={f"aws:resourcetag/{key}".lower(): value for key, value in tags.items()},
    )
