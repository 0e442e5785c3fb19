"""Whatever a valid policy names, CloudWatch accepts the request of its evaluations."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rollout.aws.cloudwatch.queries import metric_query, queries, statistics_of
from rollout.domain.errors import InvalidPolicyError
from rollout.judging.counting import metric_reading
from rollout.policy.read_policy import read_policy
from sandbox.emulator.shapes import broken_limits, input_shape
from tests.samples import TARGET, rollout

LONGEST = TARGET.model_copy(update={"function": "f" * 64, "alias": "a" * 128})
TEXTS = (
    st.text(max_size=300)
    | st.text(st.characters(max_codepoint=126), max_size=30)
    | st.sampled_from(["{alias}" * 7, ":V"])
)
VALUES = st.lists(TEXTS | st.sampled_from(["{function}", "{alias}", "{version}"]), max_size=9).map("".join)
METRICS = st.fixed_dictionaries(
    {"namespace": TEXTS, "name": TEXTS, "dimensions": st.dictionaries(TEXTS, VALUES, max_size=4)},
    optional={"of": TEXTS},
)


def request_of(metric):
    """Return the parameters of GetMetricData for the longest names that a target may have."""
    policy = read_policy(
        {"steps": "AllAtOnce", "metrics": ["errors", {"slow": {"over_ms": 800}}, {"cloudwatch": metric}]}
    )
    document = rollout(policy=policy, target=LONGEST, canary_version="9" * 18, stable_version="8" * 18)
    read = [(metric, metric_reading(metric, None, by_percentile=False)) for metric in policy.active_metrics]
    statistics = statistics_of(metric_query(metric, document, reading) for metric, reading in read)
    return {"MetricDataQueries": [*queries(statistics, 60)]}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(METRICS)
def test_request_of_a_valid_policy_is_within_the_limits_of_cloudwatch(metric):
    try:
        request = request_of(metric)
    except InvalidPolicyError:
        assume(False)  # noqa: FBT003 - only a valid policy has a request
        return
    assert [*broken_limits(input_shape("cloudwatch", "GetMetricData"), request)] == []


@pytest.mark.parametrize("filler", ["", "x" * (1024 - 64 - 128 - 18)])
def test_longest_names_are_within_the_limits_of_cloudwatch(filler):
    dimensions = {f"d{number}": "x" * 1024 for number in range(20)} | {"V": "{function}{alias}{version}" + filler}
    request = request_of({"namespace": "n" * 255, "name": "m" * 255, "dimensions": dimensions})
    assert [*broken_limits(input_shape("cloudwatch", "GetMetricData"), request)] == []


@pytest.mark.parametrize("dimensions", [{"V": ""}, {"V": "x" * 1025}, {"": "x"}, {f"d{n}": "x" for n in range(31)}])
def test_request_outside_the_limits_is_found(dimensions):
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    metric = {"Namespace": "Shop", "MetricName": "Failed", "Dimensions": pairs}
    request = {"MetricDataQueries": [{"Id": "m0", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}]}
    assert [*broken_limits(input_shape("cloudwatch", "GetMetricData"), request)]
