"""The page that says what is wrong: a request that cannot be read, or a ledger that cannot."""

from rollout.dashboard.event import Screen
from rollout.dashboard.html.actions import Endpoints, call
from rollout.dashboard.html.style import page
from rollout.dashboard.html.tree import outside, render, tag


def problem_page(problem: str, screen: Screen, endpoints: Endpoints) -> str:
    """Return the HTML of a page with one problem, and a button to the overview."""
    back = tag("div", *call("Overview", {"view": "overview"}, endpoints), class_="lr-bar")
    card = tag("div", tag("b", "The dashboard cannot show this"), tag("p", outside(problem)), class_="lr-card lr-bad")
    return render(page(screen.theme, card, back))
