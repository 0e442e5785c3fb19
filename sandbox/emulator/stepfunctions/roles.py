"""Checks the permissions of a state machine's role, or of the role in a task's Credentials."""

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
def _read_credentials(
    original: Original, state: Record, task_input: Record, execution: Record, context: Record
) -> object:
    """MiniStack ignores the field Credentials."""
    effective = stepfunctions._apply_input_path(state, task_input, context) if "Credentials" in state else None
    credentials: Record = stepfunctions._resolve_params_obj(state.get("Credentials", {}), effective, context)
    token = _task_role.set(credentials.get("RoleArn"))
    try:
        return original(state, task_input, execution, context)
    finally:
        _task_role.reset(token)


@extends(stepfunctions, "_resolve_lambda_function_ref")
def _resolve_in_account(original: Original, reference: object, optimized: bool) -> object:  # noqa: FBT001 - MiniStack's
    """The function of a task with Credentials is one of that role's account."""
    role_arn = _task_role.get()
    if role_arn is None:
        return original(reference, optimized)
    with responses.request_scope(Session(role_arn, "").account, responses.get_region()):
        return original(reference, optimized)


@extends(stepfunctions, "_call_lambda")
def _invoke_as_machine(original: Original, reference: str, event: object) -> object:
    with _acting_session() as session:
        _require(session, "lambda:InvokeFunction", _arn(reference), "Lambda.AWSLambdaException")
        return original(reference, event)


@extends(stepfunctions, "_invoke_aws_sdk_integration")
def _call_as_machine(original: Original, resource: str, task_input: Record) -> object:
    if not resource.startswith(_LAMBDA_SDK):
        raise stepfunctions._ExecutionError(
            "States.Runtime", f"The sandbox lacks the permission that {resource} needs: add it to {__name__}."
        )
    operation = resource.removeprefix(_LAMBDA_SDK)
    action = f"lambda:{operation[:1].upper()}{operation[1:]}"
    with _acting_session() as session:
        arn = _arn(task_input.get("FunctionName", ""))
        # AWS does not document which it checks first; a role's tag conditions do not cover other regions.
        if reason := regions.refusal(arn):
            raise stepfunctions._ExecutionError(f"Lambda.{regions.REFUSED}", reason)
        _require(session, action, arn, "Lambda.LambdaException")
        return original(resource, task_input)


@extends(stepfunctions, "_invoke_nested_start_execution")
def _start_as_machine(original: Original, resource: str, task_input: Record) -> object:
    _require_start(str(task_input.get("StateMachineArn", "")))
    return original(resource, task_input)


@extends(stepfunctions, "_run_distributed_map")
def _run_items_as_machine(original: Original, *arguments: object) -> object:
    """Each item is an execution of the state machine that has the map."""
    _require_start(executions.current.get()["stateMachineArn"])
    return original(*arguments)


def _require_start(state_machine_arn: str) -> None:
    _require(_machine(), "states:StartExecution", state_machine_arn, "StepFunctions.AccessDeniedException")


@contextmanager
def _acting_session() -> Iterator[Session]:
    """Yield the session that the block acts with: the task's role, in its account and in the current region."""
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
    # Step Functions passes the state machine's ARN as the external ID, as documented for `.sync` tasks.
    external_id = executions.current.get()["stateMachineArn"]
    if not machine.may_become(role_arn, {"sts:externalid": external_id}):
        message = f"The role {machine.role_arn} is not authorized to assume the task state's role, {role_arn}."
        raise stepfunctions._ExecutionError("States.TaskFailed", message)


def _arn(function: str) -> str:
    return function if function.startswith("arn:") else str(lambda_svc._func_arn(function))


def _require(session: Session, action: str, arn: str, error: str) -> None:
    if not session.may(action, arn):
        raise stepfunctions._ExecutionError(
            error,
            f"User: {session.arn} is not authorized to perform: {action} on resource: {arn} "
            f"because no identity-based policy allows the {action} action",
        )
