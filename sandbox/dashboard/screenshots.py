"""Takes screenshots while the demo runs: of a healthy rollout, one that was rolled back, and one to be approved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from selenium.webdriver import Chrome

from sandbox.dashboard.browser import opened_browser, set_size
from sandbox.dashboard.opened_page import OpenedPage
from sandbox.demo.watch import Snapshot

THEMES = ("light", "dark")
_DESK, _PHONE = (1100, 760), (390, 844)
_SIZES = {"healthy": [_DESK], "rolled-back": [_DESK], "approval": [_DESK, _PHONE]}
_HALF = 50


class Photographer:
    """Takes each screenshot at the first snapshot of its moment."""

    def __init__(self, browser: Chrome, address: str, folder: Path) -> None:
        self._browser, self._address, self._folder = browser, address, folder
        self._taken: set[str] = set()

    def see(self, snapshot: Snapshot) -> None:
        """Take the screenshots of this moment, unless they were taken."""
        moment = moment_of(snapshot)
        if not moment or moment in self._taken:
            return
        self._taken.add(moment)
        for theme, size in product(THEMES, _SIZES[moment]):
            self._take(moment, theme, *size)

    def _take(self, moment: str, theme: str, width: int, height: int) -> None:
        page = OpenedPage(self._browser, self._address, "operator", theme, width)
        set_size(self._browser, width, height)
        if moment == "rolled-back":
            page.click("Details")
            page.wait_for_text("Why: ")
        name = f"{'phone-' if width < _DESK[0] else ''}{moment}"
        self._browser.save_screenshot(str(self._folder / f"dashboard-{name}-{theme}.png"))


def moment_of(snapshot: Snapshot) -> str:
    """Return which screenshots show this moment; empty for none."""
    document = snapshot.document
    gate, judgement = document.get("gate"), document.get("judgement") or {}
    if snapshot.state == "RolloutRolledBack":
        return "rolled-back"
    if gate and gate["is_published"] and not snapshot.has_ended:
        return "approval"
    is_half = snapshot.canary is not None and snapshot.canary.percent == _HALF
    return "healthy" if is_half and judgement.get("verdict") == "healthy" else ""


@contextmanager
def photographing(address: str, folder: Path | None) -> Iterator[Callable[[Snapshot], object]]:
    """Yield what takes the screenshots into a folder, if there is one. Raises BrowserMissingError."""
    if folder is None:
        yield bool
        return
    with opened_browser() as browser:
        yield Photographer(browser, address, folder).see
