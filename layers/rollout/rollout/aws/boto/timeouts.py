"""The timeouts and retries of the AWS clients."""

from botocore.config import Config

# Four attempts of at most 2 + 5 seconds and jittered pauses of at most 20 seconds end before the Lambda's 60 seconds.
CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})

# An event, a notification or the tags of an evaluation must not hold up a task: two attempts end within seven seconds.
FAST_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
