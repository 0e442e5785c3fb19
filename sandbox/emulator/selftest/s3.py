"""Checks of objects in S3."""

import json

from sandbox.emulator.selftest.fixtures import Fixture, code_of
from sandbox.emulator.selftest.lambda_ import assume_mover

_BUCKET = "example"


def _missing_object_is_denied(fixture: Fixture) -> bool:
    """S3 says that an object is missing only to callers that may list the bucket."""
    fixture.client("s3").create_bucket(Bucket=_BUCKET)
    answers = []
    for number, actions in enumerate((["s3:GetObject"], ["s3:GetObject", "s3:ListBucket"])):
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
        fixture.iam.put_role_policy(RoleName="mover", PolicyName="reader", PolicyDocument=policy)
        reader = fixture.client("s3", *assume_mover(fixture))
        answers.append(code_of(reader.get_object, Bucket=_BUCKET, Key=f"missing-{number}"))
    return answers == ["AccessDenied", "NoSuchKey"]


CHECKS = [_missing_object_is_denied]
