"""The policy: the steps of a rollout, and the criteria by which they pass or fail."""

from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from typing import Annotated, Self

from pydantic import Field, ModelWrapValidatorHandler, field_serializer, model_validator

from rollout.domain.durations import Seconds
from rollout.domain.enums import OnNewerVersion
from rollout.domain.together import read_with_rules
from rollout.policy.criteria import Criteria
from rollout.policy.gates import Approval, misplaced_gates
from rollout.policy.hooks import Hook, Hooks, longest_wait, most_evaluations
from rollout.policy.parts import PolicyParts, StepParts
from rollout.policy.planned import AUTO_STEPS, WITHIN_SECONDS, evaluations_in, evaluations_while_waiting, seconds_in
from rollout.policy.presets import ALL_AT_ONCE, AUTO
from rollout.policy.rules import broken_rules
from rollout.policy.steps import AutoSteps, Element, Step, WrittenSteps, written_steps
from rollout.policy.windows import Window


class OnInconclusive(StrEnum):
    """What happens to a step that is still inconclusive after `max_extension`."""

    EXTEND = "extend"
    PROMOTE = "promote"
    ROLL_BACK = "roll_back"
    HAND_OVER = "hand_over"


class Policy(Criteria):
    """The plan of one rollout. It refuses unknown keys by name."""

    steps: WrittenSteps = Field(
        default_factory=AutoSteps,
        json_schema_extra={"default": AUTO},
        description="A list of rising shares, the name of a preset such as Canary10Percent5Minutes or AllAtOnce, or"
        " Auto: shares and holds are chosen from the alias's own traffic when the rollout starts. An approval or a"
        " pause may follow a share.",
    )
    within: Annotated[Seconds, Field(ge=1, json_schema_extra={"minimum": 1})] = Field(
        default=WITHIN_SECONDS,
        description="With Auto, the longest time from the first shift to promotion, if no step is extended.",
    )
    bake: Seconds = Field(default=900, description="How long the canary is evaluated after promotion.")
    interval: Annotated[Seconds, Field(ge=1, le=86400, json_schema_extra={"minimum": 1, "maximum": 86400})] = Field(
        default=60, description="The time between two evaluations."
    )
    max_extension: Seconds = Field(
        default=7200, description="How long a step with too few calls may last beyond its hold."
    )
    on_inconclusive: OnInconclusive = Field(
        default=OnInconclusive.PROMOTE,
        description="What happens to a step that is still inconclusive after max_extension. promote goes on with too"
        " few calls, and rolls back a canary above a ceiling.",
    )
    on_newer_version: OnNewerVersion = Field(
        default=OnNewerVersion.QUEUE,
        description="What happens to this version while an older one is being rolled out: it waits (queue), the older"
        " one is rolled back first (supersede), or this one is refused (refuse).",
    )
    windows: list[Window] = Field(
        default_factory=list,
        max_length=20,
        description="When rollouts may begin, and canaries may get more traffic or be promoted; empty for always.",
    )
    hooks: Hooks = Field(
        default_factory=Hooks,
        description="Functions that are called before the canary gets traffic, before each larger share, after the"
        " promotion and after a rollback.",
    )
    advance_early: bool = Field(
        default=False,
        strict=True,
        description="Whether a step may end before its hold, as soon as its own minutes show that the canary is less"
        " than twice as bad as stable.",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _check_rules(cls, value: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, cls):
            return value
        policy: Self = read_with_rules(value, read, partial(_broken_rules, value))
        return policy

    @field_serializer("steps")
    def _write_steps(self, steps: list[Step]) -> list[Element] | str:
        return AUTO if self.is_auto else [*written_steps(steps)] or ALL_AT_ONCE

    @property
    def is_auto(self) -> bool:
        """Whether the steps are chosen when the rollout starts."""
        return isinstance(self.steps, AutoSteps)

    def at_once(self) -> "Policy":
        """Return the policy without steps: the canary is promoted at once, without hooks, and judged in the bake."""
        return self.model_copy(update={"steps": [], "hooks": Hooks(on_rollback=self.hooks.on_rollback)})

    @property
    def is_all_at_once(self) -> bool:
        """Whether the canary is promoted without sharing the alias first."""
        return not self.steps and not self.is_auto

    @property
    def planned_seconds(self) -> int:
        """The longest time from the first shift to the end of the bake, in seconds, if no step is extended.

        Each approval takes its timeout; a pause takes no time, because nothing is known of it.
        """
        return sum(self.seconds_in(hold) for hold in self._holds) + self.approval_seconds

    @property
    def planned_evaluations(self) -> int:
        """The highest number of evaluations from the start to the end of the bake, if no step is extended.

        Each point with hooks takes one, because hooks are planned to answer at once.
        """
        waiting = sum(evaluations_while_waiting(approval.timeout, self.interval) for approval in self.approvals)
        return sum(self.evaluations_in(hold) for hold in self._holds) + waiting + len(self.called_hooks)

    @property
    def called_hooks(self) -> list[list[Hook]]:
        """The hooks of each point at which the rollout calls some."""
        return self.hooks.called(AUTO_STEPS if self.is_auto else len(self.steps))

    @property
    def hook_seconds(self) -> int:
        """The longest time that the hooks take together, in seconds; no time is planned for them."""
        return sum(map(longest_wait, self.called_hooks))

    @property
    def hook_evaluations(self) -> int:
        """The highest number of evaluations that the hooks need, with their calls, beyond those planned."""
        return sum(map(most_evaluations, self.called_hooks))

    @property
    def approvals(self) -> list[Approval]:
        """The approvals that the rollout waits for."""
        return [step.gate for step in self.steps if isinstance(step.gate, Approval)]

    @property
    def has_gates(self) -> bool:
        """Whether the rollout waits for a person at an approval or a pause."""
        return any(step.gate for step in self.steps)

    @property
    def approval_seconds(self) -> int:
        """The longest time that the approvals take together, in seconds."""
        return sum(self.seconds_in(approval.timeout) for approval in self.approvals)

    @property
    def without_gates(self) -> Self:
        """The policy whose rollout waits for no person."""
        return self.model_copy(update={"steps": [step.model_copy(update={"gate": None}) for step in self.steps]})

    @property
    def without_hooks(self) -> Self:
        """The policy whose rollout calls no hook."""
        return self.model_copy(update={"hooks": Hooks()})

    def seconds_in(self, hold: int) -> int:
        """Return the seconds up to the evaluation that ends a hold of so many seconds, if it is not extended."""
        return seconds_in(hold, self.interval)

    def evaluations_in(self, hold: int) -> int:
        """Return the highest number of evaluations in a hold of so many seconds, if it is not extended."""
        return evaluations_in(hold, self.interval)

    @property
    def _holds(self) -> list[int]:
        return [self.within, self.bake] if self.is_auto else [*(step.hold for step in self.steps), self.bake]


_RULED = ("steps", "is_auto", "within", "bake", "interval", "metrics", "ignore", "guards", "hooks")
"""The fields that the rules about several fields read."""


_DEFAULTS = ("within", "bake", "interval", "metrics")


def _broken_rules(written: object, policy: object) -> Iterator[str]:
    """Yield the broken rules of a policy, as far as an invalid one can be read. `written` is the policy before."""
    yield from misplaced_gates(written.get("steps") if isinstance(written, dict) else None)
    if isinstance(policy, Policy):
        steps = [StepParts.model_construct(**dict(element)) for element in written_steps(policy.steps)]
        parts = {name: getattr(policy, name) for name in _RULED} | {"steps": steps}
        yield from broken_rules(PolicyParts.model_construct(**parts))
    elif isinstance(policy, dict):
        yield from broken_rules(policy_parts(policy))


def policy_parts(value: object) -> PolicyParts:
    """Return the readable parts of a policy, with the defaults of what it does not have."""
    defaults = {name: Policy.model_fields[name].get_default(call_default_factory=True) for name in _DEFAULTS}
    written = value if isinstance(value, dict) else {}
    return PolicyParts.model_validate(defaults | written | {"is_auto": written.get("steps", AUTO) == AUTO})
