"""The plans with which the scale is computed."""

from dataclasses import dataclass

from rollout.policy.policy import Policy


@dataclass(frozen=True)
class Plan:
    """A policy, with what the model needs of it."""

    short: str
    name: str
    policy: Policy

    @property
    def seconds(self) -> int:
        """From the first shift to the end of the bake."""
        return self.policy.planned_seconds

    @property
    def shifts(self) -> int:
        return len(self.policy.steps)

    @property
    def decisions(self) -> int:
        """Evaluations that shift, promote or finish; the first shift needs none."""
        return self.shifts + 1

    @property
    def evaluations(self) -> int:
        return self.policy.planned_evaluations


_HOUR = {"steps": [{"percent": 10, "hold": "20m"}, {"percent": 50, "hold": "20m"}], "bake": "20m", "interval": "60s"}
_DAY = {"steps": [{"percent": 10, "hold": "23h"}], "bake": "1h", "interval": "5m"}

HOUR = Plan("hour", "an hour, an evaluation a minute", Policy.model_validate(_HOUR))
DAY = Plan("day", "a day, an evaluation each five minutes", Policy.model_validate(_DAY))
PLANS = (HOUR, DAY)
