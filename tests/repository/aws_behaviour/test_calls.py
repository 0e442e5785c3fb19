"""Every AWS call is in the table, and the table agrees with the code and with botocore's service models."""

import re

import pytest
from botocore.exceptions import ClientError

from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import AwsUnavailableError
from tests.repository.aws_behaviour import models, source
from tests.repository.aws_behaviour.calls import CALLS, MADE_BY_LIBRARIES, Call

PARTS = source.parts()
TASKS = source.sdk_tasks()
TRANSIENT = re.compile(
    r"Throttl|TooManyRequests|^Internal|^ServiceException|ThroughputExceeded|RequestLimit|LimitExceeded$"
)
FULL = ("AliasLimitExceededException", "ItemCollectionSizeLimitExceededException")
"""Limits that stay until a person deletes something."""
each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)


def _in_table(part: str) -> list[Call]:
    return [call for call in CALLS if call.part == part]


def _names(call: Call) -> set[str]:
    return {name for text in (*_keys(call.sent), *call.read) for name in re.findall(r"\w+", text)}


def _keys(value: object) -> list[str]:
    if isinstance(value, list):
        return [key for each in value for key in _keys(each)]
    if not isinstance(value, dict):
        return []
    return [*value, *(key for each in value.values() for key in _keys(each))]


@pytest.mark.parametrize("part", PARTS)
def test_table_has_every_call_of_the_layer_and_no_other(part):
    libraries = {MADE_BY_LIBRARIES[name] for name in source.library_classes(PARTS[part]) & MADE_BY_LIBRARIES.keys()}
    assert {call.operation for call in _in_table(part)} == source.calls(PARTS[part]) | libraries


def test_table_has_every_service_that_has_a_client():
    assert {call.operation.split(":")[0] for call in CALLS} == source.services() | {"sts"}


@pytest.mark.parametrize("part", sorted({call.part for call in CALLS} - {"boto"}))
def test_table_has_every_parameter_and_field_that_the_code_names(part):
    """A field that the code reads in one place only, under another name in the table, is found by its name here."""
    in_code = source.field_names(PARTS[part])
    in_table = {name for call in _in_table(part) for name in _names(call)}
    compared = {value for call in _in_table(part) for values in call.values.values() for value in values}
    assert in_code - in_table - compared == set()


@pytest.mark.parametrize("part", sorted({call.part for call in CALLS} - {"boto", "parameter_store"}))
def test_table_has_no_parameter_or_field_that_the_code_does_not_name(part):
    stated = {name for call in _in_table(part) for name in _names(call) if name[0].isupper()}
    values = {"S", "FunctionName"} if part in ("dynamodb", "cloudwatch") else set()
    assert stated - source.field_names(PARTS[part]) - values == set()


@pytest.mark.parametrize("part", sorted({call.part for call in CALLS}))
def test_table_has_every_error_that_the_code_catches(part):
    in_table = {name for call in _in_table(part) for name in call.caught}
    assert source.caught(PARTS[part]) - in_table == set()


@each_call
def test_sent_parameters_fit_the_api_model(call):
    assert [*models.problems(models.operation(call.operation).input_shape, call.sent)] == []


@each_call
def test_read_fields_are_in_the_api_model(call):
    output = models.operation(call.operation).output_shape
    assert [path for path in call.read if models.at(output, path) is None] == []


@each_call
def test_caught_errors_are_in_the_api_model(call):
    modelled = {shape.name for shape in models.operation(call.operation).error_shapes}
    assert set(call.caught) - modelled == set()


@each_call
def test_compared_values_are_in_the_api_model(call):
    output = models.operation(call.operation).output_shape
    enums = {path: set(models.at(output, path).metadata["enum"]) for path in call.values}
    assert {path: set(call.values[path]) - enums[path] for path in enums} == {path: set() for path in enums}


def test_alarm_states_are_all_that_the_api_model_has():
    shape = models.operation("cloudwatch:DescribeAlarms").output_shape
    [states] = {
        call.values["MetricAlarms[].StateValue"]
        for call in _in_table("cloudwatch")
        if "MetricAlarms[].StateValue" in call.values
    }
    for kind in ("MetricAlarms", "CompositeAlarms"):
        assert set(models.at(shape, f"{kind}[].StateValue").metadata["enum"]) == set(states)


@each_call
def test_transient_errors_of_the_api_model_are_retried(call):
    for shape in models.operation(call.operation).error_shapes:
        if TRANSIENT.search(shape.name) and shape.name not in FULL:
            code = shape.metadata.get("error", {}).get("code", shape.name)
            with pytest.raises(AwsUnavailableError), translate_aws_errors("calling AWS"):
                raise ClientError({"Error": {"Code": code, "Message": "slow down"}}, call.operation)


@pytest.mark.parametrize("operation", TASKS)
def test_task_without_code_sends_and_reads_what_the_table_says(operation):
    state, [call] = TASKS[operation], [call for call in CALLS if call.operation == operation]
    sent = source.parameters(state["Parameters"])
    assert set(_keys(sent)) <= set(_keys(call.sent))
    assert {name for name, shape in models.operation(operation).input_shape.members.items()} >= set(sent)
    assert set(models.operation(operation).input_shape.required_members) <= set(sent)
    assert source.task_fields(state) <= set(call.read)
    errors = {shape.name for shape in models.operation(operation).error_shapes}
    assert source.task_errors(state) <= errors


def test_state_machine_calls_update_alias_without_code():
    assert set(TASKS) == {"lambda:UpdateAlias"}
