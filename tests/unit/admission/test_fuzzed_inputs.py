"""No input ends in anything else than a named refusal: not a request, not a policy, not an event."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollout.admission.events.version_event import execution_input, read_event
from rollout.domain.errors import InvalidEventError, InvalidPolicyError
from rollout.domain.json_values import read_json
from rollout.domain.text import MAX_SENTENCE_LENGTH
from rollout.lifecycle.guardian.event import read_guardian_event
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy
from rollout.state.rollout import Rollout
from tests.samples import TARGET, rollout
from tests.unit.admission.bad_inputs import VALID, VALUES, changed, paths, refusal

FIELDS = sorted({str(part) for path in paths() for part in path if isinstance(part, str)})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(st.characters(), max_size=20),
    st.sampled_from(
        ["AllAtOnce", "Canary10Percent5Minutes", "errors", "slow", "5m", "{version}", "\ud800", "a\0", "7"]
    ),
    st.sampled_from([*VALUES.values()]),
)
KEYS = st.sampled_from(FIELDS) | st.text(max_size=5)
VALUES_OF_ANY_SHAPE = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)
MUTATED = st.lists(st.tuples(st.sampled_from([*paths()]), VALUES_OF_ANY_SHAPE), min_size=1, max_size=3)
fuzzed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def mutated(changes):
    """Return the valid request with these changes; a change whose field is already gone is left out."""
    request = VALID
    for path, value in changes:
        try:
            request = changed((path, value)) if request is VALID else apply(request, path, value)
        except (KeyError, IndexError, TypeError):
            continue
    return request


def apply(request, path, value):
    holder = request
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return request


@fuzzed
@given(VALUES_OF_ANY_SHAPE | MUTATED.map(mutated), SCALARS)
def test_any_request_is_read_or_refused_by_name(request_, default):
    """P6, P10."""
    ending = refusal(request_, default)
    if ending is not None:
        assert ending.error.endswith("Error")
        assert len(ending.cause.encode("utf-8", "strict").decode()) <= MAX_SENTENCE_LENGTH


@fuzzed
@given(MUTATED.map(mutated) | st.fixed_dictionaries({"policy": VALUES_OF_ANY_SHAPE}))
def test_any_policy_that_is_accepted_passes_through_the_document(request_):
    """P12."""
    policy = request_.get("policy") if isinstance(request_, dict) else request_
    try:
        read = read_policy(policy)
    except InvalidPolicyError:
        return
    document = json.loads(json.dumps(rollout(policy=read).document(), allow_nan=False))
    assert Rollout.model_validate(document).policy == read
    assert isinstance(read, Policy)


@fuzzed
@given(st.text(max_size=200) | VALUES_OF_ANY_SHAPE.map(lambda value: json.dumps(value, default=str)))
def test_any_text_is_json_or_a_value_error(text):
    try:
        read_json(text)
    except ValueError:
        return


EVENTS = st.fixed_dictionaries(
    {}, optional={"account": SCALARS, "region": SCALARS, "detail": VALUES_OF_ANY_SHAPE, "sweep": SCALARS}
)
OF_PIPELINE = st.fixed_dictionaries(
    {
        "account": st.just("123456789012"),
        "region": st.just("eu-west-1"),
        "detail": st.fixed_dictionaries({"function": st.just("my-api")}, optional={"policy": VALUES_OF_ANY_SHAPE}),
    }
)


@fuzzed
@given(EVENTS | OF_PIPELINE | VALUES_OF_ANY_SHAPE)
def test_any_event_is_read_or_refused_by_name(event):
    def start():
        return execution_input(TARGET, "7", read_event(event).other_fields)

    assert len(refused(start)) <= MAX_SENTENCE_LENGTH


def refused(read):
    """Return the sentence of a refused event; empty if it is read."""
    try:
        read()
    except InvalidEventError as refusal_:
        return str(refusal_)
    return ""


@fuzzed
@given(EVENTS | VALUES_OF_ANY_SHAPE)
def test_any_event_of_the_guardian_is_read_or_refused_by_name(event):
    sentence = refused(lambda: read_guardian_event(event))
    assert not sentence or sentence.startswith("The event cannot be read: ")
