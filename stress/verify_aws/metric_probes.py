"""Questions about the metrics of the function that served the stories."""

from datetime import UTC, datetime, timedelta

from stress.verify_aws.behaviour import Answer, Probe
from stress.verify_aws.stories import Stage

_LOOKBACK = timedelta(hours=2)
_ABOVE_EVERY_CALL = "100000"
_TOLERATED = 0.02


def _sums(stage: Stage, name: str, statistics: tuple[str, ...], version: str = "") -> dict[str, float | None]:
    """Return the sum of each statistic over the last two hours; None where it has no datapoint."""
    dimensions = {"FunctionName": stage.shop.name, "Resource": f"{stage.shop.name}:{stage.shop.alias}"}
    if version:
        dimensions["ExecutedVersion"] = version
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    metric = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": pairs}
    now = datetime.now(UTC)
    results = stage.account.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": stage.pace.period, "Stat": statistic}}
            for number, statistic in enumerate(statistics)
        ],
        StartTime=now - _LOOKBACK,
        EndTime=now - timedelta(seconds=stage.pace.lag + stage.pace.period),
    )["MetricDataResults"]
    by_id = {result["Id"]: result["Values"] for result in results}
    return {
        statistic: sum(values) if (values := by_id.get(f"m{number}")) else None
        for number, statistic in enumerate(statistics)
    }


def _slow_calls(stage: Stage) -> Answer:
    sums = _sums(stage, "Duration", (f"TC({_ABOVE_EVERY_CALL}:)", f"TC(:{_ABOVE_EVERY_CALL})", "SampleCount"))
    _above, below, samples = sums.values()
    found = "; ".join(f"{name}: {'no datapoint' if value is None else f'{value:g}'}" for name, value in sums.items())
    return Answer(found, below is not None and below == samples)


def _executed_version(stage: Stage) -> Answer:
    version = next(iter(stage.shop.shares()))
    alone = _sums(stage, "Invocations", ("Sum",), version)["Sum"]
    return Answer(
        f"version {version}, which served with and without a weight, has {alone or 'no'} calls", alone is not None
    )


def _sum_of_versions(stage: Stage) -> Answer:
    versions = sorted(stage.served)
    alias = _sums(stage, "Invocations", ("Sum",))["Sum"] or 0
    each = [_sums(stage, "Invocations", ("Sum",), version)["Sum"] or 0 for version in versions]
    found = f"alias: {alias:g}; {', '.join(f'{v}: {n:g}' for v, n in zip(versions, each, strict=True))}"
    return Answer(found, abs(sum(each) - alias) <= _TOLERATED * alias)


METRIC_PROBES = (
    Probe("slow calls", "TC(:x) counts every call where none is above x", _slow_calls),
    Probe("executed version", "an alias has a series for each executed version", _executed_version),
    Probe("sum of versions", "the alias's calls are the sum of its versions' calls", _sum_of_versions),
)
