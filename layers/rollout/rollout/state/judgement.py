"""The result of an evaluation."""

from pydantic import Field

from rollout.domain.counts import Counts
from rollout.domain.enums import Mode, Verdict
from rollout.domain.models import Value
from rollout.domain.text import Sentence


class Finding(Value):
    """The result of one metric since the first shift; during the bake, since promotion."""

    metric: str
    kind: str
    mode: Mode
    canary: Counts
    stable: Counts
    log_evidence: float = Field(
        description="The natural logarithm of the evidence against the canary; 0 is no evidence."
    )


class Judgement(Value):
    """The verdict, its reason and its counts since the first shift; during the bake, since promotion."""

    verdict: Verdict
    reason: Sentence
    canary: Counts = Field(description="The canary's calls and how many of them failed.")
    stable: Counts
    findings: tuple[Finding, ...] = ()
    evidence: float = Field(description="The evidence against the canary; 1 is no evidence.")
    evidence_limit: float
    settled_calls: int | None = Field(
        default=None,
        description="The canary's calls that are older than the timeout of a call, so none can still fail.",
    )
    is_above_ceiling: bool = Field(
        default=False, description="Whether the canary is above a ceiling, proved or not, with enough calls to pass."
    )
    may_end_step: bool = Field(default=False, description="Whether the policy allows the step to end before its hold.")
