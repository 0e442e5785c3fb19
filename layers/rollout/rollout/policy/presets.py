"""Presets: plans with the names that CodeDeploy uses, for any numbers; and Auto, whose plan the traffic decides."""

import re

AUTO = "Auto"
"""The name of the steps that are chosen from the alias's own traffic when a rollout starts."""

ALL_AT_ONCE = "AllAtOnce"
"""The preset without steps: the canary is promoted at once and watched during the bake."""

FORMS = (
    f"{AUTO}, {ALL_AT_ONCE}, Canary<N>Percent<M>Minutes or Linear<N>PercentEvery<M>Minutes, with N from 1 to 99"
    " and M from 1 (Hours works in place of Minutes)"
)
"""The forms of a preset's name, for error messages."""

# Editors read this pattern from the JSON Schema, so it uses no syntax that only Python has.
PATTERN = (
    r"^(Auto|(CodeDeployDefault\.)?(Lambda)?"
    r"(AllAtOnce|(Canary([1-9][0-9]?)Percent|Linear([1-9][0-9]?)PercentEvery)([1-9][0-9]{0,4})(Minute|Hour)s?))$"
)
_NEAR = r"codedeploy.*|(lambda)?(auto|allatonce|(canary|linear)[0-9]*percent.*)"


def is_preset(name: str) -> bool:
    """Whether the name is a preset's."""
    return _match(name) is not None


def is_near_preset(name: str) -> bool:
    """Whether the name is a preset's or a misspelled one, so it cannot name a stored policy."""
    return re.fullmatch(_NEAR, re.sub(r"[^a-z0-9]", "", name.lower())) is not None


def preset_steps(name: str) -> list[dict[str, object]]:
    """Return a preset's steps as a policy writes them; empty for AllAtOnce and Auto. Raises ValueError otherwise."""
    match = _match(name)
    if match is None:
        raise ValueError(f"name a preset: {FORMS}")
    canary, linear, hold, unit = match.group(6, 7, 8, 9)
    if hold is None:
        return []
    shares = range(int(linear), 100, int(linear)) if linear else [int(canary)]
    return [{"percent": percent, "hold": f"{hold}{unit[0].lower()}"} for percent in shares]


def _match(name: str) -> re.Match[str] | None:
    return None if name.endswith("\n") else re.match(PATTERN, name)
