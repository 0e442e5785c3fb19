"""Presets: the plans CodeDeploy has names for, in any numbers."""

import re

ALL_AT_ONCE = "AllAtOnce"
"""The preset without a step: the canary is promoted at once, and watched through the bake."""

FORMS = (
    f"{ALL_AT_ONCE}, Canary<N>Percent<M>Minutes or Linear<N>PercentEvery<M>Minutes, with N from 1 to 99 and M from 1,"
    " or Hours for Minutes"
)
"""The names that are taken, for whoever has missed one."""

# As editors read it from the schema: without Python's own additions to the language of patterns.
PATTERN = (
    r"^(CodeDeployDefault\.)?(Lambda)?"
    r"(AllAtOnce|(Canary([1-9][0-9]?)Percent|Linear([1-9][0-9]?)PercentEvery)([1-9][0-9]{0,4})(Minute|Hour)s?)$"
)
_NEAR = re.compile(r"codedeploy.*|(lambda)?(allatonce|(canary|linear)[0-9]*percent.*)")


def is_preset(name: str) -> bool:
    """Whether a name is a preset's."""
    return _matched(name) is not None


def is_near_preset(name: str) -> bool:
    """Whether a name can only be meant for a preset's, right or wrong, so that it is taken for nothing else."""
    return _NEAR.fullmatch(re.sub(r"[^a-z0-9]", "", name.lower())) is not None


def preset_steps(name: str) -> list[dict[str, object]]:
    """Return a preset's steps as a policy writes them, none for AllAtOnce; raises ValueError for any other name."""
    found = _matched(name)
    if found is None:
        raise ValueError(f"presets are {FORMS}")
    canary, linear, held, unit = found.group(5, 6, 7, 8)
    if held is None:
        return []
    shares = range(int(linear), 100, int(linear)) if linear else [int(canary)]
    return [{"percent": percent, "hold": f"{held}{unit[0].lower()}"} for percent in shares]


def _matched(name: str) -> re.Match[str] | None:
    return None if name.endswith("\n") else re.match(PATTERN, name)
