"""GetObject calls a missing object a denied one for callers without s3:ListBucket, as on AWS."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from collections.abc import Callable

from ministack.core import iam_evaluator, responses
from ministack.services import s3

from sandbox.emulator.iam import callers
from sandbox.emulator.seams import Answer, extends

_ACTION = "s3:ListBucket"


@extends(s3, "_get_object")
def _get_object(original: Callable[..., Answer], bucket: str, key: str, *request: object) -> Answer:
    answer = original(bucket, key, *request)
    if answer[0] != 404 or b"<Code>NoSuchKey</Code>" not in answer[2] or _may_list(bucket):  # noqa: PLR2004
        return answer
    resource = f'resource: "arn:aws:s3:::{bucket}" because no identity-based policy allows the {_ACTION} action'
    message = f"User: {iam_evaluator.caller_arn()} is not authorized to perform: {_ACTION} on {resource}"
    denied: Answer = s3._object_error("AccessDenied", message, 403)
    return denied


def _may_list(bucket: str) -> bool:
    """Whether the caller may list the objects of a bucket, as root always may."""
    key, arn = callers.key.get(), f"arn:aws:s3:::{bucket}"
    return not (key and iam_evaluator.enforce(key, _ACTION, "s3", responses.get_region(), resource_arn=arn))
