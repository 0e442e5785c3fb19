"""A function that is called from before the deployment on, because its rollout needs a long history of calls."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sandbox.server import Sandbox
from sandbox.shop import Shop

BURSTS = {"burst_percent": 20}
CALLS_PER_SECOND = 6


@dataclass(frozen=True)
class History:
    """A shop with a newer version, whose alias has been called for some time."""

    shop: Shop
    calls: ExitStack
    """Ends the calls when it is closed."""
    since: float
    """The start of the calls, on the monotonic clock."""

    def wait(self, seconds: float) -> None:
        """Wait until the alias has been called for so long."""
        time.sleep(max(0.0, self.since + seconds - time.monotonic()))


@contextmanager
def bursty_history(local: Sandbox) -> Iterator[History]:
    """Call a function whose versions fail in bursts; its newer version is published before any rule exists."""
    shop = Shop(local, "bursty")
    shop.create(opted_in=False, **BURSTS)
    shop.publish(delay_ms=1, **BURSTS)
    with ExitStack() as calls:
        calls.enter_context(shop.traffic(CALLS_PER_SECOND, callers=2))
        yield History(shop, calls, time.monotonic())
