"""Whatever a request contains, its refusal names every bad field with its value, and fits into a Cause (P6, P10)."""

from itertools import combinations

import pytest
from jsonschema import Draft202012Validator

from rollout.domain.json_values import plain_json
from rollout.domain.text import MAX_SENTENCE_LENGTH
from rollout.domain.validation import format_value
from rollout.schema import policy_schema
from tests.unit.admission.bad_inputs import EXTRA, VALID, VALUES, changed, named, nested, paths, refusal

SCHEMA = Draft202012Validator(policy_schema())
POLICY_PATHS = [path for path in paths() if path[0] == "policy" and len(path) > 1]
REQUEST_PATHS = [path for path in paths() if len(path) == 1]
NAMED_BY_THEIR_OWNER = {("ignore",), ("dimensions", "Version")}


def check(ending):
    """Require that a rejection is named, short, and free of a trace; return its sentence."""
    assert ending is not None
    assert ending.error in {"InvalidRequestError", "InvalidPolicyError", "UnknownPolicyError", "LatestVersionError"}
    assert len(ending.cause) <= MAX_SENTENCE_LENGTH < 4000
    assert not [
        word for word in ("Traceback", "RecursionError", "validation error", "pydantic") if word in ending.cause
    ]
    assert ending.cause.encode()
    return ending.cause


def test_valid_request_with_every_field_is_not_refused():
    assert refusal(VALID) is None


@pytest.mark.parametrize("path", POLICY_PATHS, ids=named)
@pytest.mark.parametrize("kind", VALUES)
def test_value_that_the_schema_refuses_is_refused_by_field_and_value(path, kind):
    """The JSON Schema is what an editor checks; the model is never more generous."""
    request = changed((path, VALUES[kind]))
    ending = refusal(request)
    if ending is None:
        assert SCHEMA.is_valid(request["policy"]), f"{named(path)} accepts {kind}"
        return
    cause = check(ending)
    if SCHEMA.is_valid(request["policy"]):
        return
    assert named(path) in cause
    assert format_value(plain_json(VALUES[kind]))[:20] in cause or "unknown" in cause


@pytest.mark.parametrize("path", REQUEST_PATHS, ids=named)
@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind != "null"])
def test_bad_field_of_a_request_is_refused_by_field_and_value(path, kind):
    cause = check(refusal(changed((path, VALUES[kind])))) if (path, kind) != (("dry_run",), "true") else named(path)
    assert named(path) in cause


@pytest.mark.parametrize(
    ("path", "value"), [*EXTRA.items()], ids=lambda part: str(part)[:40].encode("ascii", "replace").decode()
)
def test_unknown_field_is_refused_by_its_shortened_name(path, value):
    cause = check(refusal(changed((path, value))))
    assert f"is not a known field (found {format_value(value)})" in cause
    assert len(cause) < 1000


BAD = {
    "alias": (("alias",), "7"),
    "version": (("version",), "new"),
    "dry_run": (("dry_run",), "yes"),
    "policy.steps[0].hold": (("policy", "steps", 0, "hold"), "soon"),
    "policy.steps[1].percent is 5 after 10": (("policy", "steps", 1, "percent"), 5),
    "policy.bake": (("policy", "bake"), None),
    "policy.interval": (("policy", "interval"), "2d"),
    "policy.metrics[1].slow.over_ms": (("policy", "metrics", 1, "slow", "over_ms"), 0),
    "policy.metrics[2].throttles": (("policy", "metrics", 2, "throttles"), 5),
    "policy.metrics[3].cloudwatch.namespace": (("policy", "metrics", 3, "cloudwatch", "namespace"), ":Shop"),
    "add {version} to a dimension": (("policy", "metrics", 3, "cloudwatch", "dimensions"), {"Version": "4"}),
    "policy.metrics[4].alarm": (("policy", "metrics", 4, "alarm"), "a\nb"),
    "policy.ignore names fast": (("policy", "ignore"), ["fast"]),
    "policy.guards.max_error_percent": (("policy", "guards", "max_error_percent"), 101),
    "policy.metrics has slow twice": (("policy", "guards", "alarms"), ["slow"]),
    "policy.false_rollback_percent": (("policy", "false_rollback_percent"), 0),
    "policy.min_invocations": (("policy", "min_invocations"), 1.5),
    "policy.max_extension": (("policy", "max_extension"), "31d"),
    "policy.on_inconclusive": (("policy", "on_inconclusive"), "wait"),
    "policy.advance_early": (("policy", "advance_early"), "no"),
    "policy.speed": (("policy", "speed"), 1),
}
"""One bad value for each field and each rule about several fields, by what the refusal has to say of it."""


@pytest.mark.parametrize(("one", "other"), [*combinations(BAD, 2)])
def test_two_reasons_are_told_together(one, other):
    """P6, P10: a bad field never hides another one, nor a rule about several fields."""
    cause = check(refusal(changed(BAD[one], BAD[other])))
    assert one in cause
    assert other in cause


def test_every_reason_at_once_is_told_or_counted():
    cause = check(refusal(changed(*BAD.values())))
    assert [field for field in BAD if field not in cause] == []


def test_two_thousand_unknown_keys_are_told_by_the_first_ones_and_their_number():
    request = changed(*((("policy", f"key-{number}"), "v" * 300) for number in range(2000)))
    cause = check(refusal(request))
    assert "policy.key-0 is not a known field" in cause
    assert cause.count("is not a known field") >= 10
    assert "more problems" in cause


@pytest.mark.parametrize("function", ["f" * 50_000, f"arn:aws:lambda:{'r' * 50_000}:123456789012:function:f"])
def test_long_name_is_shown_shortened(function):
    assert len(check(refusal({"function": function}))) < 400


@pytest.mark.parametrize(
    "request_", [None, True, 7, float("nan"), "text", [], {}, nested(5000), {"function": nested(9)}]
)
def test_input_that_is_no_request_is_refused(request_):
    assert check(refusal(request_)).startswith("The input is refused: ")


def test_policy_that_does_not_fit_into_the_document_is_refused_by_its_size():
    """P12: the document of a rollout has the policy, and Step Functions limits it to 262,144 bytes."""
    metric = VALID["policy"]["metrics"][3]["cloudwatch"]
    metrics = [
        {"cloudwatch": metric | {"dimensions": {f"{n}": f"{{version}}{'x' * 900}" for n in range(29)}}, "label": f"{m}"}
        for m in range(20)
    ]
    cause = check(refusal({"function": "a", "policy": {"steps": "AllAtOnce", "metrics": metrics}}))
    assert "characters as JSON: write at most 32,768" in cause
