"""What StartRollout has to look up before it can name an execution."""

from rollout.admission.tags import tag_problems, tagged_alias
from rollout.admission.version_event import VersionPublished
from rollout.aws.wiring import lookup
from rollout.domain.lambda_names import function_arn


def asked_for(published: VersionPublished) -> tuple[str | None, str | None]:
    """Return the alias and the version an event means: the function's tag and its newest version where it is silent.

    None stands for no tag of ours, and for no version to roll out; an empty alias for tags that are wrong, so that
    PrepareRollout refuses them where people see it. Raises UnknownFunctionError, TagsUnreadableError or
    AwsUnavailableError.
    """
    function = lookup(published.account_region, published.function)
    alias = published.alias or _alias_by(function.tags, published)
    if alias is not None and not published.version and (newest := function.newest()):
        return alias, newest[0]
    return alias, published.version


def _alias_by(tags: dict[str, str], published: VersionPublished) -> str | None:
    is_tagged_wrongly = any(tag_problems(tags, function_arn(published.account_region, published.function)))
    # Not even the alias that wrong tags name: the name of its rollout is kept for when they are mended.
    return "" if is_tagged_wrongly else tagged_alias(tags)
