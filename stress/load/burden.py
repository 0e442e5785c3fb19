"""What the emulator and the processes of its functions take of this machine."""

import subprocess
from dataclasses import dataclass

from sandbox.meanwhile import Meanwhile

_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Taken:
    """The memory of a tree of processes, and how many there are below its root."""

    kilobytes: int = 0
    workers: int = 0


class Burden(Meanwhile):
    """Keeps the peaks of a process and all below it, for as long as its `with` block lasts."""

    def __init__(self, root: int) -> None:
        super().__init__()
        self.peak = Taken()
        self._root = root

    def _go_on(self) -> None:
        while not self._stop.wait(_EVERY_SECONDS):
            now = taken(self._root, _processes())
            self.peak = Taken(max(self.peak.kilobytes, now.kilobytes), max(self.peak.workers, now.workers))


def taken(root: int, processes: dict[int, tuple[int, int]]) -> Taken:
    """Return what a process and all below it take, of processes given by their parents and kilobytes."""
    tree = {root}
    while below := {one for one, (parent, _) in processes.items() if parent in tree} - tree:
        tree |= below
    return Taken(sum(processes[one][1] for one in tree if one in processes), len(tree) - 1)


def _processes() -> dict[int, tuple[int, int]]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607 - wherever ps is
    rows = [[int(number) for number in line.split()] for line in listed.stdout.splitlines()]
    return {pid: (parent, kilobytes) for pid, parent, kilobytes in rows}
