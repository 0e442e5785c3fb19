"""Work in a thread of its own for the duration of a `with` block."""

import threading
from typing import Self


class BackgroundThread:
    """Runs `_run` in a thread from entering the block until it is left; leaving waits for the thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        """Work until `_stop` is set."""
        raise NotImplementedError
