"""Reads why a canary failed in its own log, after the alias is restored. What goes wrong becomes a sentence."""

from datetime import datetime

from rollout.aws import settings
from rollout.aws.cloudwatch.version_calls import version_calls
from rollout.aws.cloudwatch.version_logs import version_logs
from rollout.domain.errors import RolloutError
from rollout.log_findings.compare import compare
from rollout.log_findings.find import find_in_logs, samples_without_request
from rollout.log_findings.reading import LogReading
from rollout.log_findings.requests import name_requests
from rollout.state.canary_logs import CanaryLogs, unread


def canary_logs(reading: LogReading, now: datetime) -> CanaryLogs | None:
    """Return what the log says about the canary; None where it is not to be read."""
    if not settings.reads_canary_logs() or not reading.is_due:
        return None
    try:
        return _read(reading, now)
    except RolloutError as error:
        return unread(reading.canary_version, str(error))


def _read(reading: LogReading, now: datetime) -> CanaryLogs:
    spans = reading.spans(now, settings.timing())
    logs, calls = version_logs(reading.target, reading.log_group_names), version_calls(reading.target)
    canary, stable = (each.model_copy(update={"calls": calls.count(each)}) for each in logs.read(*spans))
    compared = compare(canary, stable)
    ends = logs.read_ends(samples_without_request(compared))
    return find_in_logs(name_requests(compared, ends), canary, stable)
