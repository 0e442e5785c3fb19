"""A ledger with live rollouts, written by the layer's own adapters into the local AWS."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rollout.aws.boto import clients
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.shown_rollouts import shown_rollouts
from rollout.domain.counts import Counts
from rollout.domain.enums import Mode, Move, Outcome, Verdict
from rollout.domain.identity import Execution, Target
from rollout.policy.policy import Policy
from rollout.state.dashboard.status import status_of
from rollout.state.endings import ending_of
from rollout.state.judgement import Finding, Judgement
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout

TABLE = "ledger"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_REASON = (
    "healthy: errors: canary 3 of 1,203 calls (0.25 %), stable 12 of 10,870 calls (0.11 %); evidence 1.9 against a"
    " limit of 100; slow: canary 9 of 1,203 calls (0.75 %), stable 61 of 10,870 calls (0.56 %); evidence 0.8"
)


def create_table() -> None:
    """Create the table with the keys and the indexes of template.yaml."""
    names = ("target", "entry", "open", "ended", "ended_at")
    indexes: list[Any] = [_index("open", "target"), _index("ended", "ended_at")]
    clients.dynamodb_client().create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "target", "KeyType": "HASH"}, {"AttributeName": "entry", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=indexes,
    )


def _index(hash_key: str, range_key: str) -> dict[str, object]:
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]
    return {"IndexName": hash_key, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}


def write_rollouts(live: int, ended: int, evaluations: int) -> Rollout:
    """Write live and ended rollouts, the first one with its evaluations; return that one."""
    for number in range(live + ended):
        rollout = _begin(number)
        if number >= live:
            ending = ending_of(Outcome.PROMOTED, f"{rollout.target.name} serves version 4 alone; {_REASON}")
            ledger().close(rollout.target, rollout.execution, ending, NOW)
            locks().release(rollout.target, rollout.execution)
    first = _rollout(0)
    for number in range(1, evaluations + 1):
        ledger().record_evaluation(first.model_copy(update={"evaluations": number}), NOW + timedelta(minutes=number))
    return first


def _begin(number: int) -> Rollout:
    rollout = _rollout(number)
    locks().acquire(lock_of(rollout, PlannedWrite(version="3", shares={"4": 10})))
    ledger().open(rollout, NOW)
    shown_rollouts().record_status(rollout, status_of(rollout, NOW))
    return rollout


def _rollout(number: int) -> Rollout:
    name = f"team-{number % 20:02}-service-{number:03}"
    arn = f"arn:aws:states:us-east-1:123456789012:execution:lambda-rollouts:{name}-4"
    return Rollout(
        execution=Execution(arn=arn, name=f"{name}-4", started_at=NOW),
        target=Target(account="123456789012", region="us-east-1", function=name, alias="live"),
        stable_version="3",
        canary_version="4",
        policy=Policy.model_validate({"steps": "Linear10PercentEvery1Minute", "metrics": ["errors", "slow"]}),
        revision_id="revision",
        step=1,
        first_shift_at=NOW,
        step_started_at=NOW,
        evaluations=9,
        next_move=Move.WAIT,
        wait_seconds=60,
        judgement=_judgement(),
        reason=_REASON,
    )


def _judgement() -> Judgement:
    canary, stable = Counts(calls=1203, bad=3), Counts(calls=10870, bad=12)
    findings = tuple(
        Finding(metric=name, kind=name, mode=Mode.CRITICAL, canary=canary, stable=stable, log_evidence=0.6)
        for name in ("errors", "slow")
    )
    return Judgement(
        verdict=Verdict.HEALTHY,
        reason=_REASON,
        canary=canary,
        stable=stable,
        findings=findings,
        evidence=1.9,
        evidence_limit=100,
    )
