"""Reads objects of S3."""

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors

MOST_BYTES = 1_000_000


def read_object(bucket: str, key: str) -> str:
    """Return the text of an object, at most a million bytes of it; raises AwsRefusedError or AwsUnavailableError."""
    with translate_aws_errors(f"reading s3://{bucket}/{key}"):
        body: bytes = clients.s3_client().get_object(Bucket=bucket, Key=key)["Body"].read(MOST_BYTES)
    return body.decode("utf-8", "replace")
