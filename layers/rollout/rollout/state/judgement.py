"""What a look finds."""

from pydantic import Field

from rollout.domain.counts import Counts
from rollout.domain.enums import Mode, Verdict
from rollout.domain.models import Value


class Finding(Value):
    """What one metric has to say, since the first shift; in the bake, since promotion."""

    metric: str
    kind: str
    mode: Mode
    canary: Counts
    stable: Counts
    log_evidence: float = Field(description="Natural logarithm of its evidence against the canary; 0 says nothing.")


class Judgement(Value):
    """What a look found, why, and the counts it rests on (since the first shift; in the bake, since promotion)."""

    verdict: Verdict
    reason: str
    canary: Counts = Field(description="The canary's calls, and how many failed.")
    stable: Counts
    findings: tuple[Finding, ...] = ()
    evidence: float = Field(description="How strongly the counts speak against the canary; 1 says nothing.")
    evidence_limit: float
    may_end_step: bool = Field(default=False, description="Whether the policy lets the step end before its hold.")
