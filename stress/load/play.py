"""Plays so many rollouts at once in a local AWS of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sandbox.deploy import deployed
from sandbox.server import free_port
from stress.faults.cloud import Cloud
from stress.faults.heard import Heard
from stress.load import crowd, watch
from stress.load.burden import Burden, Taken
from stress.load.promises import Seen, broken

Progress = Callable[[int], AbstractContextManager[Callable[[int], object]]]
"""Shows, for so many rollouts, how many have ended."""
REQUESTS_A_SECOND = 15
"""Lambda takes no more of an account, Invoke and GetFunction aside."""
_COUNTED_CALLS = '"ThrottledCalls"'


@dataclass(frozen=True)
class Played:
    """So many rollouts that were started at once, and what they took."""

    seen: list[Seen]
    peak: Taken
    throttled_calls: int
    """AWS calls of our functions that were throttled, by their own metric ThrottledCalls."""

    @property
    def broken(self) -> dict[str, list[str]]:
        """The promises that were broken, by the function whose rollout broke them."""
        return {one.function: sentences for one in self.seen if (sentences := broken(one))}

    @property
    def whole(self) -> int:
        return sum(one.alias.alone is not None for one in self.seen)

    @property
    def throttles(self) -> int:
        return sum(sum(one.throttles) for one in self.seen)

    @property
    def most_throttles(self) -> int:
        """How often the unluckiest task found no free Lambda before there was one."""
        return max(max(one.throttles, default=0) for one in self.seen)

    def ended(self, outcome: str | None) -> int:
        return sum(one.outcome == outcome for one in self.seen)

    @property
    def starting_seconds(self) -> float:
        starts = [one.started_at for one in self.seen]
        return (max(starts) - min(starts)).total_seconds()

    @property
    def seconds(self) -> float:
        """From the first start to the last end."""
        return (max(map(_end, self.seen)) - min(one.started_at for one in self.seen)).total_seconds()

    @property
    def slowest_seconds(self) -> float:
        return max((_end(one) - one.started_at).total_seconds() for one in self.seen)


def play(count: int, say: Callable[[str], object], progress: Progress) -> Played:
    """Roll out so many functions at once, each from its own; return what was seen when all was settled."""
    with deployed(free_port(), "load", say) as (local, outputs), Heard(local) as heard:
        cloud = Cloud(local, outputs, heard)
        say(f"Making {count} functions ready")
        shops = crowd.opened(cloud, count)
        cloud.order("request-rate", a_second=REQUESTS_A_SECOND)
        with Burden(local.process.pid) as burden, progress(count) as ended:
            started = crowd.started(cloud, shops)
            watch.until_ended(cloud, started, ended)
        say("Looking at every alias and ledger entry")
        watch.until_settled(cloud, started)
        return Played(watch.seen(cloud, started), burden.peak, _throttled_calls(cloud))


def _throttled_calls(cloud: Cloud) -> int:
    """Count by the logs, from where CloudWatch takes the functions' own metrics."""
    pages = cloud.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=cloud.ids["RolloutLogs"], filterPattern=_COUNTED_CALLS)
    return sum(len(page["events"]) for page in found)


def _end(one: Seen) -> datetime:
    return one.stopped_at or datetime.now(one.started_at.tzinfo)
