"""What the demo does: publish, and watch what becomes of it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live

from sandbox.demo.view import line, panel, summary
from sandbox.demo.watch import Snapshot, Watcher
from sandbox.server import Sandbox, SandboxError
from sandbox.shop import Shop

_LOOK_SECONDS = 0.5
_START_SECONDS = 20
_ROLLOUT_SECONDS = 120


class DemoError(SandboxError):
    """When the demo cannot go on; the message says why."""


def tell(sandbox: Sandbox, state_machine_arn: str, console: Console) -> bool:
    """Roll out a healthy, a faulty and a slow version; True if the first was promoted and the others taken back."""
    shop = Shop(sandbox)
    shop.open()
    console.print("\nA shop serves version 1 behind its alias live; about 20 calls a second.")
    with shop.traffic(per_second=20):
        console.print("\n[bold]Publishing version 2, which is fine.[/bold]")
        fine = _roll_out(sandbox, state_machine_arn, console, shop.publish)
        promoted = fine.succeeded and shop.served() == {"2": 100}
        console.print("\n[bold]Publishing version 3, in which every fourth call fails.[/bold]")
        faulty = _roll_out(sandbox, state_machine_arn, console, lambda: shop.publish(fault_percent=25))
        rollback_ending = not faulty.succeeded and shop.served() == {"2": 100}
        console.print("\n[bold]Publishing version 4, which answers every call 1.5 seconds late.[/bold]")
        slow = _roll_out(sandbox, state_machine_arn, console, lambda: shop.publish(delay_ms=1500))
        slow_taken_back = not slow.succeeded and shop.served() == {"2": 100}
    console.print()
    summary(console, "version 2 promoted", promoted, fine.sentence)
    summary(console, "version 3 taken back", rollback_ending, faulty.sentence)
    summary(console, "version 4 taken back", slow_taken_back, slow.sentence)
    return promoted and rollback_ending and slow_taken_back


class Result:
    """How a rollout ended."""

    def __init__(self, last: Snapshot, sentence: str) -> None:
        self.succeeded = last.status == "SUCCEEDED"
        self.sentence = sentence


def _roll_out(sandbox: Sandbox, machine: str, console: Console, publish: Callable[[], str]) -> Result:
    since = datetime.now(UTC)
    version = publish()
    watcher = Watcher(sandbox, _started(sandbox, machine, version), since)
    title = f"shop:live, version {version}"
    last = _watch_live(watcher, console, title) if console.is_terminal else _watch_lines(watcher, console)
    return Result(last, watcher.verdict())


def _started(sandbox: Sandbox, machine: str, version: str) -> str:
    """Return the execution that the published version's event has started; its name says which version."""
    states = sandbox.client("stepfunctions")
    for _ in range(int(_START_SECONDS / _LOOK_SECONDS)):
        for execution in states.list_executions(stateMachineArn=machine)["executions"]:
            if execution["name"].startswith(f"shop-{version}-"):
                return str(execution["executionArn"])
        time.sleep(_LOOK_SECONDS)
    raise DemoError(f"No rollout started within {_START_SECONDS} seconds of publishing; see the emulator's log.")


def _watch_live(watcher: Watcher, console: Console, title: str) -> Snapshot:
    with Live(console=console, auto_refresh=False) as live:
        return _watch(watcher, lambda seen: live.update(panel(title, seen), refresh=True))


def _watch_lines(watcher: Watcher, console: Console) -> Snapshot:
    printed: list[tuple[str, int]] = []

    def show(seen: Snapshot) -> None:
        change = (seen.state, seen.document.get("evaluations", 0))
        if change not in printed[-1:]:
            printed.append(change)
            console.print(line(seen), highlight=False, soft_wrap=True)

    return _watch(watcher, show)


def _watch(watcher: Watcher, show: Callable[[Snapshot], None]) -> Snapshot:
    deadline = time.monotonic() + _ROLLOUT_SECONDS
    while time.monotonic() < deadline:
        seen = watcher.look()
        show(seen)
        if seen.ended:
            return seen
        time.sleep(_LOOK_SECONDS)
    raise DemoError(f"The rollout did not end within {_ROLLOUT_SECONDS} seconds; it was last in {seen.state}.")
