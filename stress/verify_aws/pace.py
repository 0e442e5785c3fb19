"""How long the verification waits, derived from the period of CloudWatch's metrics."""

import json
from dataclasses import dataclass

_HOLD_PERIODS = 3
_START_PERIODS = 5
_STORY_PERIODS = 30
_REPAIR_SECONDS = 660


@dataclass(frozen=True)
class Pace:
    """The metric period, its lag, and the traffic."""

    period: int
    """Seconds; 60 on AWS."""
    lag: int
    """Seconds after a period until its metrics are complete."""
    calls_per_second: float

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the stack."""
        policy = f"'{json.dumps(self.policy)}'"  # sam reads the quotes as a shell does
        return {
            "MetricPeriodSeconds": str(self.period),
            "MetricLagSeconds": str(self.lag),
            "DefaultPolicy": policy,
        }

    @property
    def policy(self) -> dict[str, object]:
        """The policy of each rollout: two steps and a bake of three periods each."""
        hold = f"{_HOLD_PERIODS * self.period}s"
        return {
            "steps": [{"percent": 20, "hold": hold}, {"percent": 50, "hold": hold}],
            "bake": hold,
            "interval": f"{self.period}s",
            "min_invocations": 10,
            "metrics": ["errors", {"slow": {"over_ms": 5000}}],
        }

    @property
    def start_seconds(self) -> int:
        """How long to wait for the event of a published version."""
        return _START_PERIODS * self.period

    @property
    def story_seconds(self) -> int:
        """How long a rollout may take, with the guardian's sweep every five minutes."""
        return _STORY_PERIODS * self.period + _REPAIR_SECONDS

    def request(self, function: str, version: str) -> str:
        """Return the input of an execution that is started by hand."""
        return json.dumps({"function": function, "version": version, "policy": self.policy})
