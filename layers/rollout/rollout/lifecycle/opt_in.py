"""Checks whether a function still has its opt-in tag, and decides the move where it does not (P9)."""

from collections.abc import Mapping

from rollout.domain.enums import Move, Phase
from rollout.domain.lambda_names import function_arn
from rollout.domain.tags import OPT_IN_TAG, tag_command
from rollout.domain.text import shorten
from rollout.domain.validation import format_value
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout


def missing_tag(rollout: Rollout, tags: Mapping[str, str] | None) -> str:
    """Return a sentence part on an opt-in tag that is missing or names another alias, with the command that sets it.

    Empty where the tag is there, and where `tags` is None: tags that could not be read are unknown, not missing.
    """
    target = rollout.target
    if tags is None or tags.get(OPT_IN_TAG) == target.alias:
        return ""
    command = tag_command(function_arn(target.account_region, target.function), OPT_IN_TAG, target.alias)
    return f"{_format_found(target.function, tags)}. {_format_consequence(rollout.phase)}: set it ({command})"


def _format_found(function: str, tags: Mapping[str, str]) -> str:
    if OPT_IN_TAG in tags:
        return f"the tag {OPT_IN_TAG} of {function} now names {format_value(tags[OPT_IN_TAG])}"
    return f"{function} has lost its tag {OPT_IN_TAG}"


def _format_consequence(phase: Phase) -> str:
    if phase is Phase.BAKE:
        return "Without it, later versions are not rolled out"
    return "At the end of the step, the rollout needs it for a larger share and otherwise rolls back"


def with_missing_tag(judgement: Judgement, missing: str) -> Judgement:
    """Return a judgement whose reason also says that the tag is missing; unchanged where `missing` is empty.

    A step without the tag never ends early, so that the operator has the whole hold to set it.
    """
    if not missing:
        return judgement
    return judgement.model_copy(update={"reason": shorten(f"{judgement.reason}; {missing}"), "may_end_step": False})


def apply_opt_in_check(decided: Rollout, missing: str) -> Rollout:
    """Return the rollout as decided, or with a rollback instead of a larger share, which IAM would deny (P9)."""
    if not missing or decided.next_move is None or not decided.next_move.gives_more_traffic:
        return decided
    reason = shorten(f"{decided.reason}; the step has ended without the tag")
    return decided.model_copy(update={"next_move": Move.ROLL_BACK, "reason": reason, "ending": None})
