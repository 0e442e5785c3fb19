"""A list of functions in S3 that cannot be read refuses the release: with the field, its value and what to do."""

import json

import pytest

from rollout.admission.releases.from_s3 import MOST_BYTES, read_functions, s3_refusal
from rollout.admission.releases.read_release import MOST_PARTS, S3Location
from rollout.domain.errors import InvalidRequestError

LOCATION = S3Location(bucket="lists", key="november/3.json")
FIELD = 'functions.key is "november/3.json" in the bucket "lists": '


def read(body):
    return read_functions(LOCATION, body, len(body))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["UTF-8", "UTF-8 with a byte order mark"])
def test_list_is_read_as_it_is(mark):
    assert read(mark + b'[{"function": "cart"}]') == [{"function": "cart"}]


@pytest.mark.parametrize(
    ("body", "problem", "remedy"),
    [
        (b"[", "it is no JSON (Expecting value: line 1 column 2 (char 1))", 'such as [{"function": "cart"}'),
        (b"", "it is no JSON (Expecting value: line 1 column 1 (char 0))", "Upload a list as JSON"),
        (b'[{"function": "caf\xe9"}]', "it is no JSON (byte 18 is not UTF-8)", "in UTF-8"),
        (b"\x1f\x8b\x08\x00", "it is no JSON (byte 1 is not UTF-8)", "in UTF-8"),
        (b"[" * 33 + b"]" * 33, "it is no JSON (it is nested more than 32 levels deep)", "Upload a list"),
        (b'{"functions": []}', 'it holds {"functions": []}, which is no list', "Upload only the list"),
        (b"null", "it holds null, which is no list", "Upload only the list"),
        (b"[]", "its list has 0 functions, and a release has from 1 to 200", "Upload a list of that length"),
        (
            json.dumps([{"function": f"f{number}"} for number in range(MOST_PARTS + 1)]).encode(),
            "its list has 201 functions, and a release has from 1 to 200",
            "make several releases of a longer one",
        ),
    ],
)
def test_other_object_is_refused_with_what_it_holds_and_what_to_do(body, problem, remedy):
    with pytest.raises(InvalidRequestError) as refusal:
        read(body)
    assert f"nothing was touched: {FIELD}{problem}" in str(refusal.value)
    assert remedy in str(refusal.value)


def test_object_that_is_too_large_is_refused_with_both_sizes():
    with pytest.raises(
        InvalidRequestError, match=r"it has 1,000,001 bytes, and at most 1,000,000 are read\. Name stored"
    ):
        read_functions(LOCATION, b"", MOST_BYTES + 1)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("NoSuchBucket", ['functions.bucket is "lists": there is no such bucket', "Correct the name", "ReleaseBucket"]),
        ("NoSuchKey", [f"{FIELD}there is no such object", "aws s3 ls s3://lists --recursive shows those"]),
        (
            "AccessDenied",
            [
                'functions.bucket is "lists": PrepareRelease may not read "november/3.json"',
                "ReleaseBucket=lists",
                "(why)",
            ],
        ),
        ("InvalidObjectState", [f"{FIELD}S3 does not give it", "start the release again: (why)"]),
    ],
)
def test_refusal_of_s3_says_what_to_do(code, parts):
    sentence = str(s3_refusal(LOCATION, code, "(why)"))
    assert [part for part in parts if part not in sentence] == []


def test_long_key_is_cut():
    long = S3Location(bucket="lists", key="k" * 1024)
    assert len(str(s3_refusal(long, "NoSuchKey", ""))) < 400
