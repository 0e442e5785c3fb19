"""Hooks: functions of the team that a rollout calls before it gives traffic, and after a rollback."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from rollout.domain.durations import Seconds, parse_duration
from rollout.domain.enums import WithoutAnswer
from rollout.domain.lambda_names import read_function
from rollout.domain.models import Strict
from rollout.policy.planned import evaluations_while_waiting

MOST_HOOKS = 5
"""The most hooks at one point of a rollout; they are called at the same time."""

LONGEST_CALL_SECONDS = 900
"""The longest call of a Lambda function."""

SHORTEST_PAUSE_SECONDS = 10
"""The shortest time between two questions to a hook that has not made up its mind."""

_LONGEST_TIMEOUT_SECONDS = 86400
_TIMEOUT_SECONDS = 300
_FORM = (
    "write a function's name without account and region, with or without :version or :alias at its end: hooks are in"
    " the account and region of the target"
)


def _check_function(text: str) -> str:
    try:
        name = read_function(text)
    except ValueError:
        raise ValueError(_FORM) from None
    if name.account or name.region:
        raise ValueError(_FORM)
    return f"{name.name}:{name.qualifier}" if name.qualifier else name.name


def _at_most(limit_seconds: int) -> BeforeValidator:
    return BeforeValidator(partial(parse_duration, least=1, most=limit_seconds))


class RollbackHook(Strict):
    """A function that is called after a rollback. Its answer changes nothing."""

    function: Annotated[str, Field(max_length=193), AfterValidator(_check_function)] = Field(
        description="The name of a function in the target's account and region, with or without :version or :alias"
        " at its end. It needs the tag rollout:hook."
    )
    timeout: Annotated[Seconds, _at_most(LONGEST_CALL_SECONDS)] = Field(
        default=_TIMEOUT_SECONDS, description="How long the call may take, at most 15 minutes."
    )


class Hook(RollbackHook):
    """A function that decides whether the canary may get more traffic, or the rollout may finish."""

    timeout: Annotated[Seconds, _at_most(_LONGEST_TIMEOUT_SECONDS)] = Field(
        default=_TIMEOUT_SECONDS,
        description="How long the hook may take to return a verdict, with all its calls, at most a day.",
    )
    on_error: WithoutAnswer = Field(
        default=WithoutAnswer.ROLL_BACK,
        description="What happens if the hook cannot be called, returns no verdict in time, or something else."
        " promote goes on without it.",
    )


_Hooks = Annotated[list[Hook], Field(max_length=MOST_HOOKS)]


class Hooks(Strict):
    """The hooks of a policy, by the point of the rollout at which they are called."""

    before_traffic: _Hooks = Field(
        default_factory=list, description="Called before the canary gets any traffic; a bad answer touches nothing."
    )
    each_step: _Hooks = Field(
        default_factory=list, description="Called before each larger share, and before the promotion."
    )
    after_traffic: _Hooks = Field(
        default_factory=list, description="Called once the canary has all traffic; the rollout waits for them."
    )
    on_rollback: Annotated[list[RollbackHook], Field(max_length=MOST_HOOKS)] = Field(
        default_factory=list, description="Called after a rollback. They cannot change it."
    )

    @property
    def functions(self) -> list[tuple[str, str]]:
        """The functions of all hooks, each once, with the name of the first field that names it."""
        named: dict[str, str] = {}
        for point, hooks in self:
            for number, hook in enumerate(hooks):
                named.setdefault(hook.function, f"hooks.{point}[{number}].function")
        return [*named.items()]

    def called(self, steps: int) -> list[list[Hook]]:
        """Return the hooks of each point at which a rollout with so many steps calls some."""
        points = [self.before_traffic, *[self.each_step] * steps, self.after_traffic]
        return [hooks for hooks in points if hooks]


def longest_wait(hooks: Sequence[Hook]) -> int:
    """Return how long the hooks of one point may take, in seconds."""
    return max((hook.timeout for hook in hooks), default=0)


def call_evaluations(hooks: int) -> int:
    """Return as how many evaluations the calls of so many hooks count in the history of an execution.

    A Map state adds four events, a call that fails and is caught nine; an evaluation has nine.
    """
    return hooks + 1


def most_evaluations(hooks: Sequence[Hook]) -> int:
    """Return as how many evaluations the hooks of one point count at most: each call, and one before and after it.

    Once, they may be called one by one, because their answers together are too large.
    """
    calls = evaluations_while_waiting(longest_wait(hooks), SHORTEST_PAUSE_SECONDS)
    return calls * (call_evaluations(len(hooks)) + 2) + len(hooks) * (call_evaluations(1) + 1)
