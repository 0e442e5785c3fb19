"""Measures the rollouts that have not ended: how many, and where; how old the oldest is; how many are overdue."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from rollout.aws.dynamodb.items import OpenEntry, target_of
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.sweeps.live_counts import live_counts
from rollout.aws.dynamodb.sweeps.open_rollouts import open_rollouts
from rollout.aws.powertools import logger
from rollout.lifecycle.beat.live_count import FEW_ROLLOUTS
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.telemetry.catalog import Metric
from rollout.telemetry.overdue import OpenRollout, is_overdue, open_values


def measure_open_rollouts(sweep: TargetSweep, now: datetime) -> dict[Metric, float]:
    """Return the metrics of the open rollouts; nothing where the ledger cannot be read, which `sweep` reports.

    Without an open rollout the values are 0, so that missing values mean that the guardian does not run.
    """
    values: dict[Metric, float] = {}
    with sweep.isolate("the open rollouts"):
        entries = open_rollouts().find_all()
        overdue = sweep.treat_each(
            "overdue", ((each.name, each) for each in entries), lambda each: _overdue(each.read(), now)
        )
        with sweep.isolate("the counts of live rollouts"):
            _record_counts(entries, now)
        values |= open_values([each.values["began_at"] for each in entries], len([*overdue]), now)
    return values


def _record_counts(entries: list[OpenEntry[OpenRollout]], now: datetime) -> None:
    """Record how many rollouts are live in each account and region that has many, for their evaluations."""
    live = Counter(target_of(each.values).account_region for each in entries)
    for account_region, count in live.items():
        if count > FEW_ROLLOUTS:
            live_counts().record(account_region, count, now)


def _overdue(rollout: OpenRollout, now: datetime) -> Iterator[str]:
    """Yield the execution of a rollout that is overdue. Only one that may be is looked at more closely."""
    if not rollout.may_be_overdue(None, now):
        return
    last = open_rollouts().last_evaluation(rollout.target, rollout.execution)
    if is_overdue(rollout, locks().find(rollout.target), last, now):
        logger.warning("Rollout overdue", target=rollout.target.name, execution=rollout.execution.arn)
        yield rollout.execution.name
