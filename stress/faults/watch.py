"""Watches one rollout from outside, until everything about it is settled."""

import time
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from sandbox.shop import Shop
from stress.faults.acts import ACTS
from stress.faults.cells import Act, Cell
from stress.faults.cloud import Cloud
from stress.faults.promises import CANARY, GUARDIAN, NEWER, Alias, Seen

STEADY_SECONDS = 2.5
"""So long everything has to stay settled, as a write that was held may still land."""
START_SECONDS = 30
_POLL_SECONDS = 0.4
_END_SECONDS = 120


class NotPlayedError(Exception):
    """When a cell could not be brought to the point where its fault strikes."""


def started(cloud: Cloud, shop: Shop, version: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while not (found := cloud.rollouts_of(shop, version)):
        if time.monotonic() > deadline:
            raise NotPlayedError(f"no rollout of version {version} was started")
        time.sleep(_POLL_SECONDS)
    return found[0]


@dataclass
class Watch:
    """One rollout, looked at again and again."""

    cloud: Cloud
    cell: Cell
    shop: Shop
    execution: str
    acted: bool = False
    refused: str = ""
    edited: str = ""
    follower: str = ""
    follower_ending: str = ""
    holders: set[str] = field(default_factory=set)
    evaluations: int = 0
    described: dict[str, Any] = field(default_factory=dict)
    alias_at_end: Alias | None = None
    ended_at: float = 0
    whole_since: float | None = None
    settled_since: float | None = None

    def until_ended(self) -> None:
        deadline = time.monotonic() + _END_SECONDS
        while self._look()["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise NotPlayedError(f"its execution still ran after {_END_SECONDS} s")
            self._act_once()
            time.sleep(_POLL_SECONDS)
        self.ended_at = time.monotonic()
        self.alias_at_end = self.cloud.alias(self.shop)

    def until_followed(self) -> None:
        """Wait for the end of the newer version's rollout too."""
        self.follower = started(self.cloud, self.shop, NEWER)
        deadline = time.monotonic() + _END_SECONDS
        while (described := self.cloud.describe(self.follower))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise NotPlayedError(f"the newer version's execution still ran after {_END_SECONDS} s")
            self._look()
            time.sleep(_POLL_SECONDS)
        self.follower_ending = described.get("error") or described["status"]
        self.ended_at = time.monotonic()

    def until_settled(self, limit_seconds: float) -> None:
        """Wait until alias, ledger and claim are settled and stay so, or for as long as they may take."""
        while time.monotonic() < self.ended_at + limit_seconds + STEADY_SECONDS:
            now, alias = time.monotonic(), self.cloud.alias(self.shop)
            self.whole_since = (self.whole_since or now) if alias.alone else None
            self.settled_since = (self.settled_since or now) if self._is_settled(alias) else None
            if self.settled_since and now > self.settled_since + STEADY_SECONDS:
                return
            time.sleep(_POLL_SECONDS)

    def seen(self, struck: int, limit_seconds: float) -> Seen:
        """Return all that was seen of it."""
        entries = self.cloud.ledger(self.shop)
        alias = self.cloud.alias(self.shop)
        whole = self.whole_since if alias.alone else None
        at_once = bool(self.alias_at_end and self.alias_at_end.alone)
        after = None if whole is None else 0.0 if at_once and whole - self.ended_at < 1 else whole - self.ended_at
        return Seen(
            cell=self.cell,
            execution=self.execution,
            executions=len(self.cloud.rollouts_of(self.shop, CANARY)),
            status=self.described["status"],
            error=self.described.get("error") or "",
            cause=self.described.get("cause") or "",
            alias=alias,
            alias_at_end=self.alias_at_end or alias,
            whole_after=after,
            limit_seconds=limit_seconds,
            updates=self.cloud.heard.updates(self.shop.name),
            edited=self.edited,
            rollouts=[entry for entry in entries if entry.get("canary_version") == CANARY],
            follower=self.follower,
            follower_ending=self.follower_ending,
            holders=frozenset(self.holders),
            evaluations=self.evaluations,
            claim_left=next((str(e.get("holder")) for e in entries if e["entry"] == "lock"), ""),
            struck=struck,
            acted=self.refused,
        )

    def _look(self) -> dict[str, Any]:
        holder = self.cloud.holder(self.shop)
        self.described = self.cloud.describe(self.execution)
        is_running = self.described["status"] == "RUNNING"
        self.evaluations += is_running
        # Once the execution has ended, the guardian may take its claim; before that it is a stranger as others are.
        if holder and (is_running or not holder.startswith(GUARDIAN)):
            self.holders.add(holder)
        return self.described

    def _is_settled(self, alias: Alias) -> bool:
        entries = self.cloud.ledger(self.shop)
        is_open = any(entry["entry"] == "lock" or entry.get("outcome") == "running" for entry in entries)
        return alias.alone is not None and not is_open

    def _act_once(self) -> None:
        if self.acted or self.cell.fault.act is Act.NOTHING or not self.cloud.struck(self.shop, self.cell.action):
            return
        self.acted = True
        try:
            self.edited = ACTS[self.cell.fault.act](self.cloud, self.shop, self.execution) or ""
        except ClientError as refusal:
            self.refused = str(refusal)
