"""Plays one rollout with one fault in it, and tells what was seen."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from botocore.exceptions import ClientError

from sandbox.shop import Shop
from stress.faults.cells import Act, Cell
from stress.faults.cloud import PACE, PERIOD_SECONDS, Cloud
from stress.faults.promises import CANARY, STABLE, Seen
from stress.faults.watch import START_SECONDS, NotPlayedError, Watch, started

LIMIT_SECONDS = 600 * PACE
"""Ten minutes of policy time: so long after the execution's end the alias may take to be whole."""
WITHOUT_GUARDIAN_SECONDS = 4
CALLS_PER_SECOND = 5


def play(cloud: Cloud, cell: Cell, number: int) -> Seen:
    """Publish a version, let the fault strike its rollout, wait until all is settled; return what was seen."""
    shop = Shop(cloud.local, f"c{number:03}-{cell.state.name.lower()}")
    _open(cloud, shop)
    try:
        with calls(cloud, shop):
            return _roll_out(cloud, cell, shop)
    finally:
        cloud.order("no-fault", mentions=shop.name)
        with suppress(ClientError):
            cloud.client("lambda").delete_function(FunctionName=shop.name)  # ends its processes


@contextmanager
def calls(cloud: Cloud, shop: Shop) -> Iterator[None]:
    """Call a shop one call after the other: callers side by side would each start a process for each version."""
    stop = threading.Event()

    def call() -> None:
        lambda_ = cloud.client("lambda")
        while not stop.wait(1 / CALLS_PER_SECOND):
            with suppress(ClientError):
                lambda_.invoke(FunctionName=f"{shop.name}:{shop.alias}", Payload=b"{}")

    caller = threading.Thread(target=call, daemon=True)
    caller.start()
    try:
        yield
    finally:
        stop.set()
        caller.join()


def _open(cloud: Cloud, shop: Shop) -> None:
    """Make a function with a stranger's version and a newer, stable one that its alias serves, neither rolled out."""
    shop.open(opted_in=False)
    shop.publish(delay_ms=1)
    cloud.move(shop, STABLE)
    deadline = time.monotonic() + START_SECONDS
    while cloud.heard.events_looked_at(shop.name) < int(STABLE):
        if time.monotonic() > deadline:
            raise NotPlayedError("the events of its first versions were not looked at")
        time.sleep(0.1)
    shop.opt_in()


def _roll_out(cloud: Cloud, cell: Cell, shop: Shop) -> Seen:
    time.sleep(PERIOD_SECONDS)  # stable's calls come first: they tell what is slow
    for order in cell.orders:
        cloud.order("fault", **order, mentions=shop.name)
    shop.publish(delay_ms=2, fault_percent=100 if cell.is_sick else 0)
    watch = Watch(cloud, cell, shop, started(cloud, shop, CANARY))
    watch.until_ended()
    struck = cloud.struck(shop, cell.action)
    cloud.order("no-fault", mentions=shop.name)  # AWS answers again
    if cell.fault.act is Act.PUBLISH:
        watch.until_followed()
    watch.until_settled(_limit(cloud))
    return watch.seen(struck, _limit(cloud))


def _limit(cloud: Cloud) -> float:
    """Wait for a guardian where there is one."""
    return LIMIT_SECONDS if "GuardianFunction" in cloud.ids else WITHOUT_GUARDIAN_SECONDS
