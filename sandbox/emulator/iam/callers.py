"""The caller of the current request: its access key, its role, and the role that assumed that role."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from contextvars import ContextVar

from ministack.core import iam_evaluator
from ministack.services import sts

from sandbox.emulator.seams import Original, extends

key: ContextVar[str] = ContextVar("key", default="")
"""The access key of the current request."""


@extends(iam_evaluator, "enforce")
def _record_key(original: Original, access_key: str, *request: object, **context: object) -> object | None:
    key.set(access_key)
    denied: object | None = original(access_key, *request, **context)
    return denied


def chain() -> list[str]:
    """Return the name of the calling role, then of the role that assumed it, and so on; a user is `root`."""
    caller = iam_evaluator.caller_arn()
    session = sts._sessions.get(key.get(), {})
    names = [_role(caller)]
    while session.get("Arn") == caller and ":assumed-role/" in (source := session.get("SourcePrincipalArn", "")):
        session, caller = sts._sessions.get(session["SourceAccessKeyId"], {}), source
        names.append(_role(caller))
    return names


def _role(arn: str) -> str:
    return arn.split("/")[1] if "/" in arn else "root"
