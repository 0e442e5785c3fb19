"""Publishes five versions of a function and observes the rollout of each."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live

from sandbox.demo import approval
from sandbox.demo.view import line, panel, summary
from sandbox.demo.watch import Snapshot, Watcher
from sandbox.history import USUAL, record_history
from sandbox.server import LOG, Sandbox, SandboxError
from sandbox.shop import Shop

_CALLS_PER_SECOND = 20
_POLL_SECONDS = 0.5
_START_SECONDS = 20
_ROLLOUT_SECONDS = 120


class DemoError(SandboxError):
    """When a rollout does not start or does not end; the message has the log and the command to repeat."""


@dataclass(frozen=True)
class Release:
    """A version to publish, and how its rollout must end."""

    description: str
    behaviour: dict[str, float]
    is_promoted: bool
    policy: str = ""
    """The stored policy that the function's tag names; empty for the default policy of the stack."""
    is_rejected: bool = False
    """Whether it ends before it has any traffic."""


RELEASES = (
    Release("which is healthy", USUAL, is_promoted=True),
    Release("in which every fourth call fails", {**USUAL, "regression_percent": 25}, is_promoted=False),
    Release("in which every call takes 1.5 seconds longer", {**USUAL, "delay_ms": 1500}, is_promoted=False),
    Release("which is tried by a hook and needs an approval", USUAL, is_promoted=True, policy=approval.NAME),
    Release(
        "in which every call fails, with the same policy",
        {**USUAL, "fault_percent": 100},
        is_promoted=False,
        policy=approval.NAME,
        is_rejected=True,
    ),
)


@dataclass
class ObservedRollout:
    """A rollout from publishing to its ending."""

    release: Release
    version: str
    published_at: datetime
    snapshots: list[Snapshot] = field(default_factory=list)
    reason: str = ""
    as_expected: bool = False

    @property
    def title(self) -> str:
        return f"version {self.version}, {self.release.description}"

    @property
    def result(self) -> str:
        """What is expected, in the words of the summary."""
        if self.release.is_rejected:
            return f"version {self.version} stopped before any caller met it"
        return f"version {self.version} {'promoted' if self.release.is_promoted else 'rolled back'}"

    @property
    def last(self) -> Snapshot:
        return self.snapshots[-1]


@dataclass(frozen=True)
class Screen:
    """Where the rollouts are shown, and what else gets each snapshot."""

    console: Console
    observe: Callable[[Snapshot], object]


def run(
    sandbox: Sandbox, outputs: dict[str, str], console: Console, observe: Callable[[Snapshot], object] = bool
) -> list[ObservedRollout]:
    """Roll out every release and print how each rollout ended; return what was observed.

    `outputs` are those of the stack; `observe` gets each snapshot, before a command is given.
    """
    shop = Shop(sandbox)
    shop.create(opted_in=True, **USUAL)
    record_history(sandbox, shop, _CALLS_PER_SECOND)
    console.print(
        f"\nThe function shop serves version 1 behind its alias live: about {_CALLS_PER_SECOND} calls a second, of"
        " which 1 % fail and 1 % are slow, with metrics of the last five minutes.",
        soft_wrap=True,
    )
    approval.store_policy(sandbox)
    with shop.traffic(_CALLS_PER_SECOND):
        rollouts = [_roll_out(sandbox, shop, outputs, Screen(console, observe), release) for release in RELEASES]
    console.print()
    for rollout in rollouts:
        summary(console, rollout.result, rollout.reason, as_expected=rollout.as_expected)
    return rollouts


def _roll_out(
    sandbox: Sandbox, shop: Shop, outputs: dict[str, str], screen: Screen, release: Release
) -> ObservedRollout:
    stable = shop.shares()
    if release.policy:
        shop.tag("rollout:policy", release.policy)
    published_at = datetime.now(UTC)
    rollout = ObservedRollout(release, shop.publish(**release.behaviour), published_at)
    console = screen.console
    console.print(f"\n[bold]Published {rollout.title}.[/bold]", highlight=False, soft_wrap=True)
    execution = _wait_for_execution(sandbox, outputs["StateMachineArn"], rollout.version)
    watcher = Watcher(sandbox, execution, published_at)
    approver = approval.Approver(sandbox, outputs["CommandStateMachineArn"])
    show = (_live if console.is_interactive else _lines)(rollout, console)
    with show as show_snapshot:

        def see(snapshot: Snapshot) -> None:
            show_snapshot(snapshot)
            screen.observe(snapshot)
            _approve(snapshot, console, approver)

        _watch(rollout, watcher, see)
    rollout.reason = watcher.reason()
    has_succeeded = rollout.last.status == "SUCCEEDED"
    expected = {rollout.version: 100} if release.is_promoted else stable
    is_rejected = rollout.last.state == "RolloutRejected"
    is_as_expected = (has_succeeded, is_rejected) == (release.is_promoted, release.is_rejected)
    rollout.as_expected = is_as_expected and shop.shares() == expected
    return rollout


def _wait_for_execution(sandbox: Sandbox, machine: str, version: str) -> str:
    """Return the execution that the event of the published version started; its name contains the version."""
    states = sandbox.client("stepfunctions")
    for _ in range(int(_START_SECONDS / _POLL_SECONDS)):
        for execution in states.list_executions(stateMachineArn=machine)["executions"]:
            if execution["name"].startswith(f"shop-{version}-"):
                return str(execution["executionArn"])
        time.sleep(_POLL_SECONDS)
    raise DemoError(f"No rollout started within {_START_SECONDS} seconds of publishing. {_advice(sandbox)}")


@contextmanager
def _live(rollout: ObservedRollout, console: Console) -> Iterator[Callable[[Snapshot], None]]:
    title = f"shop:live, version {rollout.version}"
    with Live(console=console, auto_refresh=False) as live:
        yield lambda snapshot: live.update(panel(title, snapshot), refresh=True)


@contextmanager
def _lines(_rollout: ObservedRollout, console: Console) -> Iterator[Callable[[Snapshot], None]]:
    printed: list[tuple[str, int]] = []

    def show(snapshot: Snapshot) -> None:
        change = (snapshot.state, snapshot.document.get("evaluations", 0))
        if change not in printed[-1:]:
            printed.append(change)
            console.print(line(snapshot), highlight=False, soft_wrap=True)

    yield show


def _approve(snapshot: Snapshot, console: Console, approver: approval.Approver) -> None:
    if command := approver.approve(snapshot):
        console.print(f"  [bold]The rollout waits for an approval. It is given by:[/bold]\n  {command}", soft_wrap=True)


def _watch(rollout: ObservedRollout, watcher: Watcher, show: Callable[[Snapshot], None]) -> None:
    deadline = time.monotonic() + _ROLLOUT_SECONDS
    while time.monotonic() < deadline:
        snapshot = watcher.take_snapshot()
        rollout.snapshots.append(snapshot)
        show(snapshot)
        if snapshot.has_ended:
            return
        time.sleep(_POLL_SECONDS)
    raise DemoError(
        f"The rollout did not end within {_ROLLOUT_SECONDS} seconds; its last state is {rollout.last.state}. "
        f"{_advice(watcher.sandbox)}"
    )


def _advice(sandbox: Sandbox) -> str:
    return f"Read {sandbox.folder / LOG}, then run `make demo` again; a busy machine can be too slow for it."
