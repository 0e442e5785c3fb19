"""The parts of a policy that can be read although other parts are invalid."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from rollout.domain.durations import Seconds
from rollout.domain.enums import Mode, OnNewerVersion
from rollout.domain.models import Value
from rollout.policy.aws_names import is_alarm_name
from rollout.policy.gates import Approval
from rollout.policy.hooks import Hook, Hooks
from rollout.policy.metric import KINDS, metric_from_kind
from rollout.policy.percent import CallPercent, Percent
from rollout.policy.planned import AUTO_STEPS
from rollout.policy.presets import preset_steps


def _read_or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - unchecked input
    try:
        return read(value)
    except ValidationError:
        return None


_OrNone = WrapValidator(_read_or_none)
_Name = Annotated[str | None, _OrNone]


class _ApprovalParts(Value):
    timeout: Annotated[Seconds | None, _OrNone] = Approval.model_fields["timeout"].default


class StepParts(Value):
    """An element of the steps; None for a field that is missing or cannot be read."""

    percent: Annotated[Percent | None, _OrNone] = None
    hold: Annotated[Seconds | None, _OrNone] = None
    approval: Annotated[_ApprovalParts | Approval | None, _OrNone] = None
    pause: Any = None

    @property
    def is_gate(self) -> bool:
        """Whether the element is an approval or a pause."""
        return self.approval is not None or self.pause is not None

    @property
    def timeout(self) -> int:
        """The seconds for which an approval may be waited for; 0 without one, and if they cannot be read."""
        return (self.approval and self.approval.timeout) or 0


class _CloudWatchParts(Value):
    name: _Name = None


class MetricParts(Value):
    """A metric with the keys that it has, whatever they contain."""

    errors: Any = None
    slow: Any = None
    throttles: Any = None
    cloudwatch: Annotated[_CloudWatchParts | None, _OrNone] = None
    logs: Any = None
    alarm: _Name = None
    mode: Annotated[Mode | None, _OrNone] = Mode.CRITICAL
    label: _Name = None

    @property
    def name(self) -> str | None:
        """The name in the policy's `ignore`; None if it cannot be read."""
        named = self.label or self.alarm or (self.cloudwatch and self.cloudwatch.name)
        return named or next((kind for kind in KINDS if getattr(self, kind) is not None), None)

    @property
    def is_critical(self) -> bool:
        """Whether the metric decides, or may do so."""
        return self.mode is not Mode.ADVISORY


class GuardParts(Value):
    """The guards; None for what cannot be read."""

    max_slow_percent: Annotated[CallPercent | None, _OrNone] = None
    alarms: Annotated[tuple[_Name, ...] | None, _OrNone] = ()


_Metric = Annotated[MetricParts | None, BeforeValidator(metric_from_kind), _OrNone]


def _steps_of(value: object) -> object:
    return preset_steps(value) if isinstance(value, str) else value


class PolicyParts(Value):
    """A policy, valid or not; None for a part that is missing or cannot be read."""

    steps: Annotated[list[Annotated[StepParts | None, _OrNone]] | None, BeforeValidator(_steps_of), _OrNone] = None
    is_auto: bool = False
    """Whether the steps are Auto, which is the default."""
    within: Annotated[Seconds | None, _OrNone] = None
    bake: Annotated[Seconds | None, _OrNone] = None
    interval: Annotated[Seconds | None, _OrNone] = None
    metrics: Annotated[list[_Metric] | None, _OrNone] = None
    ignore: Annotated[tuple[_Name, ...] | None, _OrNone] = ()
    guards: Annotated[GuardParts | None, _OrNone] = Field(default_factory=GuardParts)
    on_newer_version: Annotated[OnNewerVersion | None, _OrNone] = None
    hooks: Annotated[Hooks | None, _OrNone] = None

    @property
    def holds(self) -> list[int | None]:
        """The holds of the shares, in seconds; None for one that cannot be read."""
        if self.is_auto:
            return [self.within]
        return [step.hold for step in self.steps or [] if step and not step.is_gate]

    @property
    def timeouts(self) -> list[int]:
        """The readable timeouts of the approvals, in seconds."""
        return [step.timeout for step in self.steps or [] if step and step.timeout]

    @property
    def called_hooks(self) -> list[list[Hook]]:
        """The hooks of each point at which the rollout calls some; none where they cannot be read."""
        return self.hooks.called(AUTO_STEPS if self.is_auto else len(self.holds)) if self.hooks else []

    @property
    def has_readable_names(self) -> bool:
        """Whether the name of every metric and alarm can be read."""
        if self.metrics is None or self.guards is None or self.guards.alarms is None:
            return False
        return None not in [*(metric and metric.name for metric in self.metrics), *self.guards.alarms]

    @property
    def names(self) -> list[str]:
        """The readable names of the metrics and of the guards' alarms."""
        metrics = [metric.name for metric in self.metrics or [] if metric]
        return [name for name in (*metrics, *self._guard_alarms) if name]

    @property
    def alarms(self) -> list[str]:
        """The readable names of the alarms that are not ignored."""
        alarms = [metric.alarm for metric in self.metrics or [] if metric]
        ignored = {*(self.ignore or [])}
        named = (name for name in (*alarms, *self._guard_alarms) if name and name not in ignored)
        return [*dict.fromkeys(name for name in named if is_alarm_name(name))]

    @property
    def _guard_alarms(self) -> Sequence[str | None]:
        return (self.guards.alarms if self.guards else None) or ()
