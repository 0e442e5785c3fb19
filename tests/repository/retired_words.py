"""The retired words, and what the project says in place of each."""

import re

RETIRED: dict[str, str] = {
    r"look_every|max_hold|\bis_seized\b": "interval, max_extension, is_taken_over",
    r"\b(?:a|an|each|every|the|one|next|first|last|newest|per|any|all|between|of|two|no|many|\d) looks?\b": (
        "evaluation"
    ),
    r"witness": "metric",
    r"\bmuted\b": "ignored",
    r"\b(?:tak(?:e|es|en|ing)|took|put|puts|putting|goes|go|going) (?:\w+ ){0,2}back\b|\bway back\b": "rolled back",
    r"\bma(?:de|ke|kes|king) (?:\w+ ){0,2}whole\b|\bwhole alias": "unsplit, restored, repaired",
    r"\bclaim(?:s|ed|ing|ant)?\b|\w*Claim[A-Z]?\w*": "lock",
    r"\bseiz\w+": "take over",
    r"HOME_PLACE|\bPlace\b": "AccountRegion",
    r"\b(?:a|the|each|every|another|our|of|in|for|by|to) members?\b(?! account)": "member account",
    r"\bnews\b|\bNews\w*": "rollout events",
    r"\b(?:a|the|each|one|of) notices?\b|\bNotice\w*": "notification",
    r"\b(?:is|are|was|were|be|been) (?:told|said|asked)\b|\btold\b": "reported, stated, published, requested",
    r"\bmend\w*\b|\bMend\w+": "repair, fix",
    r"\bheed\w*\b": "apply, active",
    r"\bthin\b": "low traffic, too few calls",
    r"\blattice\w*\b": "rate grid",
    r"\bLastWord\b|\bStretch\b|\bWayBack\b|\bStanding\b": "FinalState, PlannedStep, RollbackContext, Ownership",
    r"\bRehearsal\b": "Assessment",
    r"\bsay_\w+|\b_said\b": "format_*",
    r"\bwhoever\b|\bnobody\b|\bsomebody\b|\banybody\b|\beverybody\b": "name the subject",
    r"\banew\b|\bof late\b|\bhither\b|\bthereof\b|\bin nobody": "again, recently",
    r"\brooms?\b(?! for)": "package",
    r"\bstrangers?\b|\bStranger\b": "another writer, an outside change",
}
"""Each pattern is matched without regard to case where it holds no capital letter; the value says what to write."""

ALONE = re.compile(r"\balone\b", re.IGNORECASE)
SERVES_ALONE = re.compile(r"\b(?:version|stable|canary|serv\w+|left|leav\w+|let)\b[^.;:!?]{0,60}$", re.IGNORECASE)
"""`alone` stays only for an alias that serves one version, and for what is left untouched."""


def retired(text: str) -> list[str]:
    """Return what of a text is retired, each with its line and what to write in its place."""
    return [*_words(text), *_alone(text)]


def _words(text: str) -> list[str]:
    found = []
    for pattern, instead in RETIRED.items():
        flags = re.IGNORECASE if pattern == pattern.lower() else 0
        found += [
            f"line {text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}, write: {instead}"
            for match in re.finditer(pattern, text, flags)
        ]
    return found


def _alone(text: str) -> list[str]:
    strays = [match for match in ALONE.finditer(text) if not SERVES_ALONE.search(text[: match.start()][-80:])]
    return [f"line {text.count(chr(10), 0, match.start()) + 1}: 'alone', write: only" for match in strays]
