"""What a policy may contain ends in calls of AWS: our limits are those of botocore's models, or stricter."""

import re
from functools import cache

import pytest
from botocore.session import get_session
from hypothesis import given, settings
from hypothesis import strategies as st

from rollout.admission.accept import alias_description
from rollout.admission.events.version_event import MAX_INPUT_BYTES, execution_name
from rollout.domain.errors import InvalidPolicyError
from rollout.domain.lambda_names import read_alias, read_function, read_version
from rollout.domain.text import MAX_SENTENCE_LENGTH
from rollout.policy.read_policy import read_policy
from rollout.schema import policy_schema
from tests.samples import EXECUTION, TARGET

DEFINITIONS = policy_schema()["$defs"]
CLOUDWATCH = DEFINITIONS["CloudWatchMetric"]["properties"]
OWN = {"namespace": "Shop", "name": "Failed", "dimensions": {"Version": "{version}"}}


def optional(schema):
    return schema["anyOf"][0]


FIELDS = {
    "cloudwatch.namespace": (CLOUDWATCH["namespace"], "cloudwatch.Namespace"),
    "cloudwatch.name": (CLOUDWATCH["name"], "cloudwatch.MetricName"),
    "cloudwatch.of": (optional(CLOUDWATCH["of"]), "cloudwatch.MetricName"),
    "cloudwatch.dimensions": (CLOUDWATCH["dimensions"], "cloudwatch.Dimensions"),
    "name of a dimension": (CLOUDWATCH["dimensions"]["propertyNames"], "cloudwatch.DimensionName"),
    "value of a dimension": (CLOUDWATCH["dimensions"]["additionalProperties"], "cloudwatch.DimensionValue"),
    "alarm": (optional(DEFINITIONS["Metric"]["properties"]["alarm"]), "cloudwatch.AlarmName"),
    "guards.alarms[0]": (DEFINITIONS["Guards"]["properties"]["alarms"]["items"], "cloudwatch.AlarmName"),
}
"""Each field of a policy that ends in a call of AWS, with its JSON Schema and the shape of the call."""


@cache
def shape(name):
    service, _, shape_name = name.partition(".")
    return get_session().get_service_model(service).shape_for(shape_name)


@pytest.mark.parametrize("field", FIELDS)
def test_bounds_of_field_are_within_the_shape(field):
    schema, name = FIELDS[field]
    limits = shape(name).metadata
    assert schema.get("minLength", 1) >= limits.get("min", 0)
    assert schema.get("maxLength", schema.get("maxProperties")) <= limits["max"]


@pytest.mark.parametrize("field", [field for field, (_, name) in FIELDS.items() if "pattern" in shape(name).metadata])
def test_pattern_of_field_is_within_the_pattern_of_the_shape(field):
    schema, name = FIELDS[field]

    @settings(max_examples=100, database=None)
    @given(st.from_regex(schema["pattern"], fullmatch=True))
    def accepted_by_aws(text):
        assert re.fullmatch(shape(name).metadata["pattern"], text)

    accepted_by_aws()


def test_alarms_of_a_policy_fit_into_one_call():
    most = sum(
        part["maxItems"]
        for part in (DEFINITIONS["Guards"]["properties"]["alarms"], policy_schema()["properties"]["metrics"])
    )
    assert most <= shape("cloudwatch.AlarmNames").metadata["max"]
    assert most <= shape("cloudwatch.MaxRecords").metadata["max"]


NAMES = {
    "lambda.FunctionName": (read_function, r"[A-Za-z0-9_-]{1,64}"),
    "lambda.Alias": (read_alias, r"[A-Za-z0-9_-]{1,128}"),
    "lambda.Version": (read_version, r"[0-9]{1,18}"),
    "lambda.AdditionalVersion": (read_version, r"[0-9]{1,18}"),
}


@pytest.mark.parametrize("name", NAMES)
def test_name_that_is_read_is_accepted_by_lambda(name):
    read, pattern = NAMES[name]
    limits = shape(name).metadata

    @settings(max_examples=100, database=None)
    @given(st.from_regex(pattern, fullmatch=True))
    def accepted(text):
        try:
            read(text)
        except ValueError:
            return
        assert limits["min"] <= len(text) <= limits["max"]
        assert re.fullmatch(limits["pattern"], text)

    accepted()


def test_texts_that_are_made_fit_their_shapes():
    target = TARGET.model_copy(update={"function": "f" * 64, "alias": "a" * 128})
    name = execution_name(target, "9" * 18, "-12312359")
    execution = EXECUTION.model_copy(update={"name": "e" * 80})
    assert len(name) <= shape("stepfunctions.Name").metadata["max"]
    assert len(alias_description(execution)) <= shape("lambda.Description").metadata["max"]
    assert shape("stepfunctions.SensitiveData").metadata["max"] > MAX_INPUT_BYTES
    assert shape("stepfunctions.SensitiveCause").metadata["max"] > MAX_SENTENCE_LENGTH


NO_COLON = "write ASCII characters, at least one of them visible, and no control characters; the first one is no colon"
VISIBLE = "write at least one visible character, and no control characters"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"namespace": ":Shop"}, f'namespace is ":Shop": {NO_COLON}'),
        ({"namespace": "Caf\u00e9"}, f'namespace is "Caf\\u00e9": {NO_COLON}'),
        ({"namespace": "x" * 256}, "write at most 255 characters"),
        ({"name": "\t"}, f'name is "\\t": {VISIBLE}'),
        ({"name": "Failed\n"}, f'name is "Failed\\n": {VISIBLE}'),
        ({"of": "a\0"}, f'of is "a\\u0000": {VISIBLE}'),
        ({"dimensions": {"V": "{version}"} | {f"d{n}": "x" for n in range(30)}}, "write at most 30 items"),
        ({"dimensions": {":V": "{version}"}}, NO_COLON),
        ({"dimensions": {"V": "{version}", "": "x"}}, "write at least 1 character"),
        ({"dimensions": {"V": "{version}", "W": ""}}, 'dimensions.W is "": write at least 1 character'),
        ({"dimensions": {"V": "{version}", "W": " "}}, 'dimensions.W is " ": write ASCII characters'),
        ({"dimensions": {"V": "{version}", "W": "é"}}, 'dimensions.W is "\\u00e9": write ASCII characters'),
        (
            {"dimensions": {"V": "{version}" + "x" * 1010}},
            "write at most 1,024 characters; with its placeholders replaced it may have 1,028",
        ),
        ({"dimensions": {"V": "{alias}" * 9, "W": "4"}}, "with its placeholders replaced it may have 1,152"),
        ({"dimensions": {"V": "{alias}" * 9, "W": "4"}}, "add {version} to a dimension"),
    ],
)
def test_metric_that_cloudwatch_would_refuse_is_refused(changes, sentence):
    with pytest.raises(InvalidPolicyError) as refused:
        read_policy({"steps": "AllAtOnce", "metrics": ["errors", {"cloudwatch": OWN | changes}]})
    assert sentence in str(refused.value)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\0", "x" * 256, "a\u007f", "\ud800"])
def test_alarm_name_that_cloudwatch_would_refuse_is_refused(name):
    for part in ({"guards": {"alarms": [name]}}, {"metrics": ["errors", {"alarm": name}]}):
        with pytest.raises(InvalidPolicyError, match=r"policy\.(guards\.alarms\[0\]|metrics\[1\]\.alarm) is "):
            read_policy({"steps": "AllAtOnce"} | part)


@pytest.mark.parametrize("name", ["checkout 5xx: réponse", "a", "x" * 255, "日本"])
def test_alarm_name_of_any_language_is_accepted(name):
    assert read_policy({"steps": "AllAtOnce", "guards": {"alarms": [name]}}).guards.alarms == [name]
