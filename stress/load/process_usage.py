"""The memory and the number of processes that the emulator and its function workers use."""

import subprocess
from dataclasses import dataclass

from sandbox.background import BackgroundThread

_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True)
class ProcessUsage:
    """The resident memory of a process tree, and the number of processes below its root."""

    kilobytes: int = 0
    workers: int = 0


class PeakUsage(BackgroundThread):
    """Records the peak usage of a process tree for as long as its `with` block lasts."""

    def __init__(self, root: int) -> None:
        super().__init__()
        self.peak = ProcessUsage()
        self._root = root

    def _run(self) -> None:
        while not self._stop.wait(_SAMPLE_SECONDS):
            usage = usage_of_tree(self._root, _processes())
            kilobytes = max(self.peak.kilobytes, usage.kilobytes)
            self.peak = ProcessUsage(kilobytes, max(self.peak.workers, usage.workers))


def usage_of_tree(root: int, processes: dict[int, tuple[int, int]]) -> ProcessUsage:
    """Return the usage of the tree below a process id; `processes` maps each id to its parent and its kilobytes."""
    tree = {root}
    while children := {pid for pid, (parent, _) in processes.items() if parent in tree} - tree:
        tree |= children
    return ProcessUsage(sum(processes[pid][1] for pid in tree if pid in processes), len(tree) - 1)


def _processes() -> dict[int, tuple[int, int]]:
    command = ["ps", "-A", "-o", "pid=,ppid=,rss="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - constant arguments
    rows = [[int(number) for number in line.split()] for line in listed.stdout.splitlines()]
    return {pid: (parent, kilobytes) for pid, parent, kilobytes in rows}
