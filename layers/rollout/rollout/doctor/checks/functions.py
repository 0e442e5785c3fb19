"""Which functions the stack may roll out and call, and whether their rollouts are frozen."""

from rollout.doctor.finding import Check, Finding, Grade, good
from rollout.domain.tags import HOOK_TAG, OPT_IN_TAG
from rollout.domain.text import as_sentence, format_names
from rollout.state.hold import Hold


def check_opted_in(names: tuple[str, ...]) -> Finding:
    """Return how many functions are opted in."""
    if names:
        return good(Check.OPTED_IN_FUNCTIONS, f"{len(names):,} are opted in: {format_names(names)}.")
    return Finding(
        check=Check.OPTED_IN_FUNCTIONS,
        grade=Grade.WARNING,
        found=f"0 functions carry the tag {OPT_IN_TAG}, so nothing is rolled out.",
        fix=f"aws lambda tag-resource --resource FUNCTION_ARN --tags {OPT_IN_TAG}=live",
    )


def check_hooks(names: tuple[str, ...]) -> Finding:
    """Return how many functions may be called as hooks. None is good, because hooks are optional."""
    if not names:
        return good(Check.HOOKS, f"0 functions carry the tag {HOOK_TAG}; a policy without hooks needs none.")
    return good(Check.HOOKS, f"{len(names):,} may be called as hooks: {format_names(names)}.")


def check_freeze(hold: Hold | None, parameter: str) -> Finding:
    """Return whether a freeze holds every rollout."""
    if hold is None:
        return good(Check.FREEZE, f"0 freezes: the parameter {parameter} holds no rollout.")
    return Finding(
        check=Check.FREEZE,
        grade=Grade.WARNING,
        found=as_sentence(f"1 freeze ({hold.mode}): {hold.reason}"),
        fix=f"When it may end: aws ssm delete-parameter --name {parameter}",
    )
