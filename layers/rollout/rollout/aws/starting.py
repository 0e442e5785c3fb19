"""What StartRollout has to look up before it can name an execution."""

from rollout.aws.wiring import lookup
from rollout.published import VersionPublished


def asked_for(published: VersionPublished) -> tuple[str | None, str | None]:
    """Return the alias and the version an event means: the function's tag and its newest version where it is silent.

    None stands for no tag, and for no version to roll out. Raises UnknownFunctionError, TagsUnreadableError or
    AwsUnavailableError.
    """
    function = lookup(published.place, published.function)
    alias = published.alias or function.opted_in_alias
    if alias and not published.version and (newest := function.newest()):
        return alias, newest[0]
    return alias, published.version
