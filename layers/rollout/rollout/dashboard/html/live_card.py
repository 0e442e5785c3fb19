"""The card of a live rollout: which version serves, whether it goes well, and what happens next, in this order."""

import math
from datetime import datetime
from xml.etree.ElementTree import Element

from rollout.dashboard.event import Screen
from rollout.dashboard.html.times import format_clock, format_since, format_until
from rollout.dashboard.html.tree import Child, outside, tag
from rollout.dashboard.live import LiveRollout, QueuedRollout
from rollout.dashboard.mark import Mark
from rollout.domain.enums import Verdict
from rollout.domain.text import format_evidence

TONES = {
    Mark.ROLLBACK_FAILED: "lr-bad",
    Mark.ROLLING_BACK: "lr-bad",
    Mark.AWAITING_APPROVAL: "lr-wait",
    Mark.FROZEN: "lr-wait",
    Mark.PAUSED: "lr-wait",
    Mark.QUEUED: "lr-wait",
}
"""The colour of a mark; other rollouts have the colour of their verdict."""

VERDICTS = {Verdict.HEALTHY: "lr-good", Verdict.UNHEALTHY: "lr-bad", Verdict.INCONCLUSIVE: "lr-wait"}

_SERVE = "version {stable} (stable) serves {stable_percent:g} % · version {canary} (canary) serves {percent:g} %"


def live_card(rollout: LiveRollout, screen: Screen, now: datetime, *buttons: Element | None) -> Element:
    """Return the card of a live rollout."""
    return tag(
        "div",
        headline(rollout.target.name, _badge(rollout), f"{rollout.target.account} · {rollout.target.region}"),
        *serving(rollout),
        *health(rollout, now),
        following(rollout, screen, now),
        _newer(rollout),
        *buttons,
        class_=f"lr-card {tone(rollout)}",
    )


def _badge(rollout: LiveRollout) -> str:
    return f"{rollout.mark}, held by a freeze or a window" if rollout.is_held else str(rollout.mark)


def tone(rollout: LiveRollout) -> str:
    """Return the colour class of a rollout."""
    if rollout.is_held and rollout.mark not in TONES:
        return "lr-wait"
    return TONES.get(rollout.mark) or (VERDICTS[rollout.verdict] if rollout.verdict else "")


def headline(name: str, badge: str, place: str) -> Element:
    """Return the name of an alias, its state, and where it is."""
    parts = [tag("b", outside(name)), tag("span", badge, class_="lr-badge"), tag("span", place, class_="lr-faint")]
    return tag("div", *parts, class_="lr-bar")


def serving(rollout: LiveRollout) -> list[Element]:
    """Return which version serves how much, as a sentence and as a bar."""
    percent = rollout.canary_percent
    words = {"stable": rollout.stable_version, "canary": rollout.canary_version, "percent": percent}
    sentence = _SERVE.format(**words, stable_percent=100 - percent)
    parts = [("lr-stable", 100 - percent), ("lr-canary", percent)]
    segments = [tag("div", class_=name, style=f"width:{share:g}%") for name, share in parts if share]
    bar = {"class_": "lr-share", "role": "img", "aria_label": sentence}
    return [tag("p", tag("b", "Serving: "), *_words(words, 100 - percent)), tag("div", *segments, **bar)]


def _words(words: dict[str, object], stable_percent: float) -> list[Child]:
    """Return the sentence of the bar with the colour of each version before its name."""
    parts: list[Child] = []
    for part, colour in zip(_SERVE.split(" · "), ("lr-stable", "lr-canary"), strict=True):
        parts += [tag("span", class_=f"lr-key {colour}"), f"{part.format(**words, stable_percent=stable_percent)} "]
    return parts


def health(rollout: LiveRollout, now: datetime) -> list[Element]:
    """Return the newest verdict, its evidence against its limit, and its sentence."""
    if rollout.verdict is None or rollout.evaluated_at is None:
        return [tag("p", tag("b", "Health: "), "not evaluated yet. ", outside(rollout.reason))]
    since = f", evaluated {format_since(rollout.evaluated_at, now)}"
    word = tag("b", str(rollout.verdict), class_=f"lr-word {VERDICTS[rollout.verdict]}")
    verdict = tag("p", tag("b", "Health: "), word, since, "; ", evidence_sentence(rollout))
    return [verdict, evidence_gauge(rollout), tag("p", outside(rollout.reason), class_="lr-faint")]


def evidence_sentence(rollout: LiveRollout) -> str:
    """Return the evidence against the canary with its limit."""
    evidence, limit = format_evidence(rollout.evidence), format_evidence(rollout.evidence_limit or 0)
    return f"evidence against version {rollout.canary_version}: {evidence} of a limit of {limit}"


def evidence_gauge(rollout: LiveRollout) -> Element:
    """Return the evidence as a share of its limit, both as logarithms, because evidence multiplies."""
    limit = max(rollout.evidence_limit or 0, 1.001)
    share = min(max(math.log(max(rollout.evidence, 1)) / math.log(limit), 0), 1)
    colour = "lr-bad" if share >= 1 else "lr-wait" if share >= 0.5 else ""  # noqa: PLR2004 - half of the way
    return tag("div", tag("div", style=f"width:{100 * share:.0f}%"), class_=f"lr-gauge {colour}", title="log scale")


def following(rollout: LiveRollout, screen: Screen, now: datetime) -> Element:
    """Return what happens next, and when."""
    at = rollout.next.at
    when = f" {format_until(at, now)} ({format_clock(at, screen.zone)})" if at else ""
    return tag("p", tag("b", "Next"), f"{when}: ", rollout.next.text)


def _newer(rollout: LiveRollout) -> Element | None:
    return tag("p", f"Version {rollout.newer_version} waits for its turn.") if rollout.newer_version else None


def queued_card(queued: QueuedRollout, now: datetime) -> Element:
    """Return the card of a version that waits for its turn."""
    place = f"{queued.target.account} · {queued.target.region}"
    stopped = "" if queued.is_waiting else f" Its last try was {format_since(queued.seen_at, now)}: it has stopped."
    waits = f"Version {queued.version} waits since {format_since(queued.since, now)}: "
    return tag(
        "div",
        headline(queued.target.name, str(Mark.QUEUED), place),
        tag("p", waits, outside(queued.reason), ".", stopped),
        class_="lr-card lr-wait",
    )
