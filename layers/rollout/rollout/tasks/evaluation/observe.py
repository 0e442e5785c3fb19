"""Reads what an evaluation judges: the alarms, and both versions' metrics."""

from datetime import datetime

from rollout.aws.cloudwatch.alarms import alarms
from rollout.aws.cloudwatch.log_lines import log_lines
from rollout.aws.cloudwatch.metrics import version_metrics
from rollout.aws.settings import timing
from rollout.judging.alarms import red_alarms, still_red
from rollout.judging.calibration import with_calibration
from rollout.judging.observation import Observation, observe
from rollout.judging.window import evaluation_window
from rollout.state.rollout import Rollout


def observe_rollout(rollout: Rollout, now: datetime) -> tuple[Rollout, Observation | None]:
    """Return the rollout with what this evaluation found out about it, and what it has to judge at `now`.

    That is which alarms are still red, the counts of log lines, and at the first evaluation the evidence limit. Before
    the canary has traffic there is nothing to judge, and the alarms that are red now are not held against it.

    Raises MetricsIncompleteError or AwsUnavailableError where AWS gave no complete answer.
    """
    clock, account_region = timing(), rollout.target.account_region
    states = alarms(account_region).alarm_states([*rollout.policy.alarms])
    if rollout.is_before_traffic:
        return rollout.model_copy(update={"red_before": red_alarms(states)}), None
    rollout = rollout.model_copy(update={"red_before": still_red(rollout.red_before, states)})
    window = evaluation_window(
        rollout.shared_since,
        rollout.judged_since,
        now,
        clock,
        usual_seconds=rollout.usual_seconds,
        timeout_seconds=rollout.timeout_seconds,
    )
    if (metric := rollout.policy.log_metric) and metric.logs:
        counts = log_lines(account_region).count(metric.logs, rollout, window)
        rollout = rollout.model_copy(update={"log_counts": counts})
    measured = version_metrics(account_region).measure(rollout, window)
    rollout = with_calibration(rollout, measured, clock)
    return rollout, observe(rollout, measured, window, clock, states)
