"""The command lines that events and notifications contain, so that a person can paste them into a shell."""

import json
import shlex

from rollout.domain.enums import Command
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import function_arn
from rollout.state.rollout import Rollout

_REASONS = {
    Command.APPROVE: "approved",
    Command.RESUME: "resumed",
    Command.ABORT: "aborted",
    Command.RELEASE: "released",
}
"""A reason for each command, which a person may replace."""


def command_line(rollout: Rollout, command: Command, state_machine_arn: str, *, step: int = 0) -> str:
    """Return the command line that gives a command to a live rollout; `step` is the one that it means, if any.

    With a step, a line that is pasted late lets no later approval pass.
    """
    request = _named(rollout.target, rollout.execution.account_region) | {
        "version": rollout.canary_version,
        **({"step": step} if step else {}),
        "command": command,
        "why": _REASONS[command],
    }
    return _start_execution(rollout.execution.account_region.region, state_machine_arn, request)


def start_line(target: Target, execution_arn: str, **request: object) -> str:
    """Return the command line that starts a rollout of an alias, by the state machine of another execution."""
    machine, _, _ = execution_arn.replace(":execution:", ":stateMachine:", 1).rpartition(":")
    _, _, _, region, account, *_ = execution_arn.split(":")
    home = AccountRegion(account=account, region=region)
    return _start_execution(region, machine, _named(target, home) | request)


def show_alias_line(target: Target) -> str:
    """Return the command line that shows what an alias serves, for a shell of the target's account."""
    return f"aws lambda get-alias {_alias_options(target)}"


def point_alias_line(target: Target, version: str) -> str:
    """Return the command line that points an alias at one version, for a shell of the target's account."""
    return (
        f"aws lambda update-alias {_alias_options(target)} --function-version {version}"
        " --routing-config 'AdditionalVersionWeights={}'"
    )


def delete_parameter_line(region: str, parameter: str) -> str:
    """Return the command line that deletes a parameter of Parameter Store."""
    return f"aws ssm delete-parameter --region {region} --name {shlex.quote(parameter)}"


def _start_execution(region: str, state_machine_arn: str, request: dict[str, object]) -> str:
    return (
        f"aws stepfunctions start-execution --region {region} --state-machine-arn {state_machine_arn}"
        f" --input {shlex.quote(json.dumps(request))}"
    )


def _named(target: Target, home: AccountRegion) -> dict[str, object]:
    """Return the alias as a request names it: by the function's ARN in another account or region."""
    is_at_home = target.account_region == home
    function = target.function if is_at_home else function_arn(target.account_region, target.function)
    return {"function": function, "alias": target.alias}


def _alias_options(target: Target) -> str:
    function, alias = shlex.quote(target.function), shlex.quote(target.alias)
    return f"--region {target.region} --function-name {function} --name {alias}"
