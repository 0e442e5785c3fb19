"""A state machine acts with its own role, or with the one that a task's Credentials name, and with nothing more."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ministack.core import iam_evaluator, responses
from ministack.services import lambda_svc, stepfunctions

from sandbox.emulator.iam.role_sessions import Session
from sandbox.emulator.lambda_ import regions
from sandbox.emulator.seams import Original, Record, extends
from sandbox.emulator.stepfunctions import executions

_LAMBDA_SDK = "arn:aws:states:::aws-sdk:lambda:"
_task_role: ContextVar[str | None] = ContextVar("task_role", default=None)


@extends(stepfunctions, "_execute_task")
def _read_credentials(original: Original, state: Record, given: Record, execution: Record, context: Record) -> object:
    """MiniStack does not know the field."""
    effective = stepfunctions._apply_input_path(state, given, context) if "Credentials" in state else None
    named: Record = stepfunctions._resolve_params_obj(state.get("Credentials", {}), effective, context)
    marked = _task_role.set(named.get("RoleArn"))
    try:
        return original(state, given, execution, context)
    finally:
        _task_role.reset(marked)


@extends(stepfunctions, "_call_lambda")
def _invoke_as_machine(original: Original, reference: str, event: object) -> object:
    with _acting() as session:
        _require(session, "lambda:InvokeFunction", _arn(reference), "Lambda.AWSLambdaException")
        return original(reference, event)


@extends(stepfunctions, "_invoke_aws_sdk_integration")
def _call_as_machine(original: Original, resource: str, task_input: Record) -> object:
    if not resource.startswith(_LAMBDA_SDK):
        raise stepfunctions._ExecutionError(
            "States.Runtime", f"The sandbox does not know which permission {resource} needs: say so in machine_roles."
        )
    operation = resource.removeprefix(_LAMBDA_SDK)
    action = f"lambda:{operation[:1].upper()}{operation[1:]}"
    with _acting() as session:
        arn = _arn(task_input.get("FunctionName", ""))
        # Which of the two AWS looks at first is not documented; a role's tag conditions say nothing of other regions.
        if reason := regions.refusal(arn):
            raise stepfunctions._ExecutionError(f"Lambda.{regions.REFUSED}", reason)
        _require(session, action, arn, "Lambda.LambdaException")
        return original(resource, task_input)


@contextmanager
def _acting() -> Iterator[Session]:
    """Do what is inside as the role of the task, in that role's account and in this region: no task leaves it."""
    machine = _machine()
    role_arn = _task_role.get()
    if role_arn is None:
        yield machine
        return
    _require_trust(machine, role_arn)
    session = Session(role_arn, machine.name)
    caller = iam_evaluator._request_caller_arn.set(session.arn)
    try:
        with responses.request_scope(session.account, responses.get_region()):
            yield session
    finally:
        iam_evaluator._request_caller_arn.reset(caller)


def _machine() -> Session:
    execution = executions.current.get()
    role_arn = stepfunctions._state_machines.get(execution["stateMachineArn"])["roleArn"]
    return Session(role_arn, execution["name"])


def _require_trust(machine: Session, role_arn: str) -> None:
    # Step Functions gives the state machine's ARN as the external id, as it documents for `.sync` tasks.
    external_id = executions.current.get()["stateMachineArn"]
    if not machine.may_become(role_arn, {"sts:externalid": external_id}):
        said = f"The role {machine.role_arn} is not authorized to assume the task state's role, {role_arn}."
        raise stepfunctions._ExecutionError("States.TaskFailed", said)


def _arn(function: str) -> str:
    return function if function.startswith("arn:") else str(lambda_svc._func_arn(function))


def _require(session: Session, action: str, arn: str, error: str) -> None:
    if not session.may(action, arn):
        raise stepfunctions._ExecutionError(
            error,
            f"User: {session.arn} is not authorized to perform: {action} on resource: {arn} "
            f"because no identity-based policy allows the {action} action",
        )
