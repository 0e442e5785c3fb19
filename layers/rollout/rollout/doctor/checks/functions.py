"""Which functions the stack may roll out and call, and whether their rollouts are frozen."""

from rollout.doctor.finding import Check, Finding, good, warning
from rollout.domain.tags import HOOK_TAG, OPT_IN_TAG
from rollout.domain.text import as_sentence, format_count, format_names
from rollout.state.hold import Hold


def check_opted_in(names: tuple[str, ...]) -> Finding:
    """Return how many functions are opted in."""
    if names:
        are = format_count(len(names), "function is", "functions are")
        return good(Check.OPTED_IN_FUNCTIONS, f"{are} opted in: {format_names(names)}.")
    return warning(
        Check.OPTED_IN_FUNCTIONS,
        f"0 functions carry the tag {OPT_IN_TAG}, so nothing is rolled out.",
        f"aws lambda tag-resource --resource FUNCTION_ARN --tags {OPT_IN_TAG}=live",
    )


def check_hooks(names: tuple[str, ...]) -> Finding:
    """Return how many functions may be called as hooks. None is good, because hooks are optional."""
    if not names:
        return good(Check.HOOKS, f"0 functions carry the tag {HOOK_TAG}; a policy without hooks needs none.")
    may = format_count(len(names), "function may be called as a hook", "functions may be called as hooks")
    return good(Check.HOOKS, f"{may}: {format_names(names)}.")


def check_freeze(hold: Hold | None, parameter: str) -> Finding:
    """Return whether a freeze holds every rollout."""
    if hold is None:
        return good(Check.FREEZE, f"0 freezes: the parameter {parameter} holds no rollout.")
    return warning(
        Check.FREEZE,
        as_sentence(f"1 freeze ({hold.mode}): {hold.reason}"),
        f"When it may end: aws ssm delete-parameter --name {parameter}",
    )
