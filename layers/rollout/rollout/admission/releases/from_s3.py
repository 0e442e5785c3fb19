"""Reads the functions of a release from an object in S3, and words why it cannot be read."""

import shlex
from typing import Any

from rollout.admission.releases.read_release import MOST_PARTS, S3Location
from rollout.domain.errors import InvalidRequestError
from rollout.domain.json_values import MAX_LEVELS, JsonTooDeepError, read_json
from rollout.domain.validation import format_value

MOST_BYTES = 1_000_000
"""The largest object that is read."""

_EXAMPLE = '[{"function": "cart"}, {"function": "checkout"}]'


def read_functions(location: S3Location, body: bytes, size: int) -> list[Any]:
    """Return the list of functions in an object of this many bytes. Raises InvalidRequestError for everything else."""
    if size > MOST_BYTES:
        raise _refusal(
            location,
            f"it has {size:,} bytes, and at most {MOST_BYTES:,} are read. Name stored policies in place of those in the"
            " list, or make several releases.",
        )
    value = _read_json(location, body)
    if not isinstance(value, list):
        raise _refusal(
            location, f"it holds {format_value(value)}, which is no list. Upload only the list, such as {_EXAMPLE}."
        )
    if not 1 <= len(value) <= MOST_PARTS:
        raise _refusal(
            location,
            f"its list has {len(value):,} functions, and a release has from 1 to {MOST_PARTS}. Upload a list of that"
            " length, and make several releases of a longer one.",
        )
    return value


def _read_json(location: S3Location, body: bytes) -> object:
    try:
        return read_json(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        problem = f"byte {error.start:,} is not UTF-8"
    except JsonTooDeepError:
        problem = f"it is nested more than {MAX_LEVELS} levels deep"
    except ValueError as error:
        problem = str(error)
    raise _refusal(location, f"it is no JSON ({problem}). Upload a list as JSON in UTF-8, such as {_EXAMPLE}.")


def s3_refusal(location: S3Location, code: str, answer: str) -> InvalidRequestError:
    """Return why S3 does not give an object, with what to do; `code` and `answer` are those of its error."""
    bucket, key = format_value(location.bucket), format_value(location.key)
    match code:
        case "NoSuchBucket":
            return _invalid(
                f"functions.bucket is {bucket}: there is no such bucket. Correct the name, or create the bucket. It has"
                " to be the one that the stack's parameter ReleaseBucket names."
            )
        case "NoSuchKey":
            command = f"aws s3 ls {shlex.quote(f's3://{location.bucket}')} --recursive"
            return _refusal(
                location, f"there is no such object. Upload the list, or correct the key: {command} shows those there."
            )
        case "AccessDenied":
            return _invalid(
                f"functions.bucket is {bucket}: PrepareRelease may not read {key} in it. It reads only the bucket that"
                " the stack's parameter ReleaseBucket names: name that bucket here, or deploy the stack with"
                f" ReleaseBucket={location.bucket}. If it is that bucket, its policy, or the policy of the key that"
                f" encrypts it, has to allow the role in the answer of AWS: {answer}"
            )
    return _refusal(location, f"S3 does not give it. Do what its answer says, and start the release again: {answer}")


def _refusal(location: S3Location, problem: str) -> InvalidRequestError:
    return _invalid(
        f"functions.key is {format_value(location.key)} in the bucket {format_value(location.bucket)}: {problem}"
    )


def _invalid(problem: str) -> InvalidRequestError:
    return InvalidRequestError(f"The input is refused, and nothing was touched: {problem}")
