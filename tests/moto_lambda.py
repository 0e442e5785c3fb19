"""Makes moto's Lambda answer as AWS does, where moto is kinder."""

from typing import Any

LATEST_PUBLISHED = "$LATEST.PUBLISHED"


def answer_like_aws(client: Any) -> None:
    """Let a Lambda client of moto answer as Lambda does; a repeated call changes nothing.

    GetFunction returns tags only without a qualifier, and ListVersionsByFunction lists `$LATEST.PUBLISHED`, as for a
    function on managed instances.
    """
    events = client.meta.events
    for name, handler in {
        "before-call.lambda.GetFunction": _note_qualifier,
        "after-call.lambda.GetFunction": _drop_tags,
        "after-call.lambda.ListVersionsByFunction": _list_latest_published,
    }.items():
        events.register(name, handler, unique_id=f"like-aws-{handler.__name__}")


def _note_qualifier(params: Any, context: Any, **_: Any) -> None:
    context["is_qualified"] = "Qualifier" in params["query_string"]


def _drop_tags(parsed: Any, context: Any, **_: Any) -> None:
    if context.get("is_qualified"):
        parsed.pop("Tags", None)


def _list_latest_published(parsed: Any, **_: Any) -> None:
    versions = parsed.get("Versions", [])
    versions[1:1] = [version | {"Version": LATEST_PUBLISHED} for version in versions[:1]]
