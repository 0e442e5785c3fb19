"""The stack examines itself."""

from typing import Any

from tests.e2e.stack import Stack

TRAIL = "all-regions"


def stack_is_examined(stack: Stack) -> dict[str, Any]:
    """Create a trail, and give the command `doctor`; return the description of its execution."""
    stack.client("s3").create_bucket(Bucket=TRAIL)
    trails = stack.client("cloudtrail")
    trails.create_trail(Name=TRAIL, S3BucketName=TRAIL, IsMultiRegionTrail=True)
    trails.start_logging(Name=TRAIL)
    return stack.commands.wait_for_end(stack.commands.start({"command": "doctor"}))
