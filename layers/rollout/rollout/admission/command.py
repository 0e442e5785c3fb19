"""Parses a command. The least is {"function": "my-api", "command": "pause", "why": "…"}."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ModelWrapValidatorHandler, ValidationError, model_validator

from rollout.admission.read_request import FunctionText, OverrideText
from rollout.admission.request import DEFAULT_ALIAS
from rollout.domain.command_errors import InvalidCommandError
from rollout.domain.durations import Seconds, to_integer
from rollout.domain.enums import Command
from rollout.domain.identity import AccountRegion, Execution, Target
from rollout.domain.json_values import plain_json
from rollout.domain.lambda_names import read_alias, read_function, read_version, version_text
from rollout.domain.models import Strict, Value
from rollout.domain.text import LONGEST_REASON, as_reason
from rollout.domain.together import read_with_rules
from rollout.domain.validation import format_problems, read_as
from rollout.policy.aws_names import AlarmName
from rollout.state.commands.source import CommandSource, source_of
from rollout.state.commands.taken import TakenCommand

_EXAMPLE = '{"function": "my-api", "command": "pause", "why": "the database is slow"}'
_EXAMPLES = {
    Command.EXTEND: '{"function": "my-api", "command": "extend", "by": "30m", "why": "the database is slow"}',
    Command.IGNORE: '{"function": "my-api", "command": "ignore", "metrics": ["slow"], "why": "the database is slow"}',
}
"""An input of each command that needs fields of its own."""


class _Input(Strict):
    function: FunctionText
    command: Command
    alias: Annotated[str, AfterValidator(read_alias)] | None = None
    version: Annotated[str, BeforeValidator(version_text), AfterValidator(read_version)] | None = None
    why: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(as_reason)] = ""
    override_freeze: OverrideText = ""
    step: Annotated[int, BeforeValidator(to_integer), Field(ge=1)] | None = None
    by: Annotated[Seconds, Field(ge=1)] | None = None
    metrics: list[AlarmName] = Field(default_factory=list, max_length=100)

    @model_validator(mode="wrap")
    @classmethod
    def _check_rules(cls, value: object, read: ModelWrapValidatorHandler["_Input"]) -> Any:  # noqa: ANN401 - itself
        return read_with_rules(value, read, _broken_rules)


def _broken_rules(value: object) -> Iterator[str]:
    """Yield what is wrong with the fields of a command together, if each of them can be read."""
    if not isinstance(value, _Input):
        return
    if not value.why and value.command is not Command.HISTORY:
        yield "why is missing: add the reason, which the ledger and the events keep"
    if value.override_freeze and value.command not in _GOING_ON:
        yield f"override_freeze belongs to the commands {', '.join(_GOING_ON)} only: remove it"
    if value.step and value.command not in _AT_GATES:
        yield f"step belongs to the commands {', '.join(_AT_GATES)} only: remove it"
    yield from _misplaced_fields(value)


def _misplaced_fields(value: _Input) -> Iterator[str]:
    for name, (command, hint) in _OWN_FIELDS.items():
        if getattr(value, name) and value.command is not command:
            yield f"{name} belongs to the command {command} only: remove it"
        if value.command is command and not getattr(value, name):
            yield f"{name} is missing: {hint}"


_GOING_ON = (Command.APPROVE, Command.RESUME, Command.PROMOTE)
"""The commands after which a rollout goes on, and so may override a freeze."""

_AT_GATES = (Command.APPROVE, Command.RESUME)
"""The commands that let a rollout go on from an approval or a pause of its policy, and so may name the step."""

_OWN_FIELDS = {
    "by": (Command.EXTEND, 'add how much longer the step or the bake is to last, such as "30m"'),
    "metrics": (Command.IGNORE, "add the names of the metrics and alarms to ignore"),
}
"""The fields of one command only, and what to write where it lacks them."""


class CommandRequest(Value):
    """A command as an operator gives it. None means that the orchestrator chooses."""

    source: CommandSource
    account_region: AccountRegion
    function: str
    alias: str | None
    version: str | None
    command: Command
    why: str
    seconds: int = 0
    metrics: tuple[str, ...] = ()
    override_freeze: str = ""
    step: int | None = None
    """The step after which the rollout has to be waiting; None for any."""

    def target(self, tagged_alias: str | None) -> Target:
        """Return the alias that the command names, else the one that the function's tag names, else `live`."""
        alias = self.alias or tagged_alias or DEFAULT_ALIAS
        return Target(**dict(self.account_region), function=self.function, alias=alias)

    def taken(self) -> TakenCommand:
        """Return the command as a lock keeps it; a repeated task returns the same one."""
        return TakenCommand(
            id=self.source.id,
            name=self.source.name,
            command=self.command,
            at=self.source.at,
            why=self.why,
            stated_by=self.source.stated_by,
            seconds=self.seconds,
            metrics=self.metrics,
            override_freeze=self.override_freeze,
        )


class CommandEvent(Value):
    """The event of TakeCommand: the execution's input, not validated yet, and the execution."""

    request: Annotated[Any, BeforeValidator(plain_json)]
    execution: Execution

    def parse(self) -> CommandRequest:
        """Return the command. Raises InvalidCommandError, which names each invalid field with its value."""
        return parse_command(self.request, source_of(self.execution))


def parse_command(request: object, source: CommandSource) -> CommandRequest:
    """Return the command that a request asks for. Raises InvalidCommandError, which names each invalid field."""
    try:
        fields = _Input.model_validate(request)
    except ValidationError as error:
        raise InvalidCommandError(
            f"The command is refused: {format_problems(error)}. A command needs at least {_example(request)}."
        ) from None
    return _with_qualifier(_request(fields, source), read_function(fields.function).qualifier)


def _example(request: object) -> str:
    command = request.get("command") if isinstance(request, dict) else None
    return next((example for name, example in _EXAMPLES.items() if name == command), _EXAMPLE)


def read_command_event(event: object) -> CommandEvent:
    """Return the event of TakeCommand; its request is any JSON. Raises InvalidCommandError for another event."""
    return read_as(CommandEvent, event, "The event of TakeCommand", InvalidCommandError)


def _request(fields: _Input, source: CommandSource) -> CommandRequest:
    function = read_function(fields.function)
    return CommandRequest(
        source=source,
        account_region=function.account_region(source.account_region),
        function=function.name,
        alias=fields.alias,
        version=fields.version,
        command=fields.command,
        why=fields.why,
        seconds=fields.by or 0,
        metrics=tuple(dict.fromkeys(fields.metrics)),
        override_freeze=fields.override_freeze,
        step=fields.step,
    )


def _with_qualifier(request: CommandRequest, qualifier: str | None) -> CommandRequest:
    """Return the command with the version or the alias from the end of the function's name."""
    if qualifier is None:
        return request
    if qualifier == "$LATEST":
        raise InvalidCommandError("function ends with :$LATEST, which no rollout has: leave it out, or name a version.")
    field = "version" if qualifier.isdigit() else "alias"
    named = getattr(request, field)
    if named in (None, qualifier):
        return request.model_copy(update={field: qualifier})
    raise InvalidCommandError(f"{field} is {named}, but the function's name ends with :{qualifier}: use one of them.")
