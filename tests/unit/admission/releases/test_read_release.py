"""The input of a release is refused with every reason at once, before anything is touched (P6)."""

import pytest

from rollout.admission.releases.order import levels
from rollout.admission.releases.read_release import MOST_PARTS, read_release, s3_location
from rollout.domain.errors import InvalidRequestError

CART, CHECKOUT = {"function": "cart"}, {"function": "checkout", "after": ["cart"]}


def functions(*parts, **fields):
    return {"release": "2026-11-25.3", "functions": [*parts]} | fields


def test_name_and_functions_are_enough():
    request = read_release(functions(CART, CHECKOUT))
    assert [part.function for part in request.functions] == ["cart", "checkout"]
    assert (request.timeout, request.dry_run) == (86400, False)
    assert request.functions[1].request() == {"function": "checkout"}


def test_fields_of_a_function_are_those_of_its_rollout():
    part = {"function": "cart", "alias": "live", "version": 7, "policy": {"steps": "AllAtOnce"}}
    assert read_release(functions(part)).functions[0].request() == part | {"version": "7"}


@pytest.mark.parametrize(
    ("request_", "problems"),
    [
        ("no object", ["write an object"]),
        ({}, ["release is missing", "functions is missing"]),
        (functions(), ["write at least 1 item"]),
        (functions(*({"function": f"f{n}"} for n in range(MOST_PARTS + 1))), ["write at most 200 items"]),
        (functions(*({"function": f"f{n}"} for n in range(MOST_PARTS + 1))), ["it has 201", "make several releases"]),
        ({"release": "x", "functions": None}, ["functions is null: write a list, such as"]),
        ({"release": "x", "functions": "cart"}, ['functions is "cart": write a list, such as']),
        (functions(CART, release="a b/c"), ['release is "a b/c": write at most 64 letters']),
        (functions(CART, CART), ["functions has cart 2 times"]),
        (functions(CHECKOUT), ["checkout comes after cart, which functions does not have"]),
        (
            functions({"function": "cart", "after": ["cart"]}),
            ["after has a circle, so none of these can be first: cart"],
        ),
        (
            functions({"function": "a", "after": ["b"]}, {"function": "b", "after": ["a"]}, {"function": "c"}),
            ["after has a circle, so none of these can be first: a, b"],
        ),
        (functions({"function": "cart", "versions": 3}), ["functions[0].versions"]),
        (functions(CART, timeout="8d"), ["timeout is"]),
        (functions(CART, CART, {"function": "x", "after": ["y"]}), ["functions has cart 2 times", "x comes after y"]),
    ],
)
def test_invalid_input_is_refused_with_every_reason(request_, problems):
    with pytest.raises(InvalidRequestError) as refusal:
        read_release(request_)
    assert [problem for problem in problems if problem not in str(refusal.value)] == []


def test_functions_may_be_in_s3():
    location = s3_location(functions() | {"functions": {"bucket": "releases", "key": "november/3.json"}})
    assert (location.bucket, location.key) == ("releases", "november/3.json")
    assert s3_location(functions(CART)) is None
    with pytest.raises(InvalidRequestError, match=r"functions.key is missing"):
        s3_location({"functions": {"bucket": "releases"}})


def test_order_lists_those_together_that_do_not_wait_for_each_other():
    after = {"web": ["checkout", "cart"], "cart": [], "checkout": ["cart"], "mail": []}
    assert levels(after) == [["cart", "mail"], ["checkout"], ["web"]]
