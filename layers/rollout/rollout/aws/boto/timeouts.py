"""How long AWS may take over an answer."""

from botocore.config import Config

# Four tries of at most 2 + 5 seconds, with jittered pauses below 20 seconds in all, end before the Lambda's 60.
CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})

# News is not worth a task's time: two tries end within seven seconds.
HASTY = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
