"""Reads objects of S3."""

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors


def read_object(bucket: str, key: str, most_bytes: int) -> tuple[bytes, int]:
    """Return the bytes of an object, none of a larger one, and its size.

    Raises AwsRefusedError or AwsUnavailableError.
    """
    with translate_aws_errors(f"reading s3://{bucket}/{key}"):
        found = clients.s3_client().get_object(Bucket=bucket, Key=key)
        size = found["ContentLength"]
        return (b"" if size > most_bytes else found["Body"].read()), size
