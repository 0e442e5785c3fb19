"""Something that goes on in a thread of its own for as long as a `with` block lasts."""

import threading
from typing import Self


class Meanwhile:
    """Goes on until its block is left, and is over by then."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._stop.set()
        self._thread.join()

    def _go_on(self) -> None:
        """Run until `_stop` is set."""
        raise NotImplementedError
