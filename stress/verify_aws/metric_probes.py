"""Questions about the metrics of the function with traffic."""

import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from stress.verify_aws.behaviour import Answer, Probe
from stress.verify_aws.stories import Stage

_LOOKBACK = timedelta(hours=2)
_ABOVE_EVERY_CALL = 100_000
_TOLERATED = 0.02
_UNSPLIT_PERIODS = 4

Points = dict[datetime, float]


class Series(NamedTuple):
    """One statistic of one metric of the alias, or of one of its versions."""

    metric: str
    statistic: str
    version: str = ""


def _read(stage: Stage, series: Series, until: datetime) -> Points:
    """Return the datapoints of the last two hours, up to `until`."""
    dimensions = {"FunctionName": stage.shop.name, "Resource": f"{stage.shop.name}:{stage.shop.alias}"}
    dimensions |= {"ExecutedVersion": series.version} if series.version else {}
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    metric = {"Namespace": "AWS/Lambda", "MetricName": series.metric, "Dimensions": pairs}
    statistic = {"Metric": metric, "Period": stage.pace.period, "Stat": series.statistic}
    (result,) = stage.account.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": statistic}], StartTime=until - _LOOKBACK, EndTime=until
    )["MetricDataResults"]
    return dict(zip(result["Timestamps"], result["Values"], strict=True))


def _closed(stage: Stage) -> datetime:
    """Return the end of the last closed period."""
    period = stage.pace.period
    return datetime.fromtimestamp((time.time() - stage.pace.lag) // period * period, UTC)


def _unsplit(stage: Stage) -> Answer:
    # Earlier questions split the alias for a moment, and the calls of that period belong to a version.
    since = datetime.now(UTC) + timedelta(seconds=stage.pace.period)
    time.sleep(_UNSPLIT_PERIODS * stage.pace.period + stage.pace.lag)
    (version,) = stage.shop.shares()
    until = _closed(stage)
    alias, own = (_since(since, _read(stage, Series("Invocations", "Sum", name), until)) for name in ("", version))
    found = f"{len(own)} datapoints of version {version}, which serves alone; {len(alias)} of the alias"
    return Answer(found, bool(alias) and not own)


def _since(begin: datetime, points: Points) -> Points:
    return {at: value for at, value in points.items() if at >= begin}


def _slow_calls(stage: Stage) -> Answer:
    until, bound = _closed(stage), _ABOVE_EVERY_CALL
    names = (f"TC({bound}:)", f"TC(:{bound})", "SampleCount")
    above, below, samples = (_read(stage, Series("Duration", name), until) for name in names)
    found = f"{len(above)}, {len(below)} and {len(samples)} datapoints of {', '.join(names)}"
    return Answer(found, bool(samples) and below == samples)


def _sum_of_versions(stage: Stage) -> Answer:
    until, versions = _closed(stage), sorted(set(stage.served) - {"refused"})
    alias = sum(_read(stage, Series("Invocations", "Sum"), until).values())
    each = [sum(_read(stage, Series("Invocations", "Sum", version), until).values()) for version in versions]
    shown = ", ".join(f"version {version} {calls:g}" for version, calls in zip(versions, each, strict=True))
    return Answer(f"calls of the alias {alias:g}; {shown}", abs(sum(each) - alias) <= _TOLERATED * alias)


def _delay(stage: Stage) -> Answer:
    until, series = _closed(stage), Series("Invocations", "Sum")
    first = _read(stage, series, until)
    time.sleep(2 * (stage.pace.lag + stage.pace.period))
    later = _read(stage, series, until)
    late = [at for at in later if later[at] != first.get(at)]
    return Answer(f"{len(late)} of {len(later)} closed periods changed afterwards", bool(later) and not late)


UNSPLIT_PROBES = (
    Probe("executed-version-of-an-unsplit-alias", "an alias at one version has no series by version", _unsplit),
)
"""Asked before the first rollout."""

METRIC_PROBES = (
    Probe("tc-of-duration", "TC(:x) counts every call where none is above x", _slow_calls),
    Probe("sum-of-versions", "the calls of the alias are those of its versions", _sum_of_versions),
    Probe("delay-of-metrics", "a closed period does not change", _delay),
)
"""Asked after the last rollout."""
