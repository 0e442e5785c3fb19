"""A rollout that is watched and approved on the page of the dashboard: in a browser, if there is one."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sandbox.dashboard.browser import BrowserMissingError, opened_browser
from sandbox.dashboard.opened_page import OpenedPage
from sandbox.dashboard.server import Dashboard, find_dashboard, serving
from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start
from tests.e2e.waiting import wait_for

FORM = {"reason": 'seen to be "healthy" <b>', "given_by": "Anna Lee"}
_POLICY = QUICK | {"steps": [*QUICK["steps"], {"approval": {"timeout": "10m"}}]}
_CONTEXT = {
    "theme": "light",
    "width": 800,
    "height": 600,
    "locale": "en",
    "timezone": {"label": "UTC", "offsetISO": "+00:00", "offsetInMinutes": 0},
}


@dataclass(frozen=True)
class SeenRollout(FinishedRollout):
    """A rollout that has ended, with what its viewers saw."""

    texts: dict[str, str]
    """What the browser showed, by the moment; empty without a browser."""
    detail: str
    """The HTML of the detail, as the page's server sanitized it."""


@dataclass
class Watched:
    """The page as a person with a browser uses it, on one shop."""

    page: OpenedPage
    shop: Shop
    texts: dict[str, str] = field(default_factory=dict)

    def filter(self) -> None:
        """Show only the rollouts of the shop; other stories have theirs at the same time."""
        self.page.type({"filter_function": self.shop.name})
        self.page.click("Filter")
        self.page.wait(lambda: len(self.page.find_all(".lr-card")) <= 1)

    def wait_for(self, moment: str, text: str) -> None:
        """Wait until a card of the widget shows a text; keep all that the widget shows then."""

        def seen() -> bool:
            # The widget may change between two reads, so what is kept has the text too.
            is_seen = any(text in card.text for card in self.page.find_all(".lr-card"))
            self.texts[moment] = self.page.text
            return is_seen and text in self.texts[moment]

        self.page.wait(seen)

    def approve(self, moment: str) -> None:
        """Press the button and confirm; keep the answer."""
        self.page.type(FORM)
        self.page.click("Approve")
        self.texts[f"question to {moment}"] = self.page.confirm()
        self.page.wait(lambda: self.page.popup)
        self.texts[f"answer to {moment}"] = self.page.popup
        self.page.click("Close", "#popup")


def approved_on_the_page(stack: Stack) -> SeenRollout:
    """A viewer tries to approve, and then an operator does."""
    shop, dashboard = shop_with_canaries(stack, "seen-in-browser"), find_dashboard(stack.local, stack.outputs)
    assert dashboard
    with shop.traffic(per_second=6, callers=2):
        execution = start(stack, shop, policy=_POLICY)
        texts = _watch(dashboard, shop)
        if not texts:
            _approve_by_command(stack, dashboard, shop)
        ended = finish(stack, shop, execution)
    entry = {"target": f"{shop.account}/{shop.region}/{shop.name}/{shop.alias}"}
    entry["entry"] = stack.ledger.rollouts(shop)[0]["entry"]
    detail = _show(dashboard, {"view": "detail", "rollout": entry})
    return SeenRollout(shop, execution, ended.description, texts, detail)


def _watch(dashboard: Dashboard, shop: Shop) -> dict[str, str]:
    with ExitStack() as opened:
        try:
            browser = opened.enter_context(opened_browser())
        except BrowserMissingError:
            return {}
        page = OpenedPage(browser, opened.enter_context(serving(dashboard)))
        return _act(Watched(page, shop))


def _act(watched: Watched) -> dict[str, str]:
    watched.filter()
    watched.wait_for("waiting", "awaiting approval")
    watched.approve("viewer")
    watched.page.choose_user("operator")
    watched.filter()
    watched.wait_for("waiting still", "awaiting approval")
    watched.approve("operator")
    watched.wait_for("ended", "promoted")
    watched.page.click("Details")
    watched.wait_for("detail", "Why: ")
    return watched.texts


def _show(dashboard: Dashboard, payload: dict[str, Any]) -> str:
    """Return the HTML of a page; it is requested again while Lambda has no capacity for it."""
    request = {"user": "viewer", "widget": "widget-0", "payload": payload, "context": _CONTEXT | {"forms": {"all": {}}}}
    return wait_for(lambda: dashboard.call(request).get("html", ""), lambda: str(dashboard.call(request)))


def _approve_by_command(stack: Stack, dashboard: Dashboard, shop: Shop) -> None:
    overview = {"view": "overview", "function": shop.name, "state": "awaiting approval"}
    card = f"{shop.name}:{shop.alias}"
    wait_for(lambda: card in _show(dashboard, overview), lambda: f"{card} requests no approval.")
    stack.commands.start({"function": shop.name, "command": "approve", "why": FORM["reason"]})
