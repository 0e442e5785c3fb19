"""What can be read of a request that was refused: somebody wants to know whose it was."""

from rollout.duration import whole
from rollout.function_name import FunctionName, read_function
from rollout.news import AskedTarget
from rollout.place import Execution


def asked_target(request: object, execution: Execution) -> AskedTarget:
    """Return the alias a request is about, as far as it says so."""
    named = _function(request)
    return AskedTarget(
        account=(named and named.account) or execution.place.account,
        region=(named and named.region) or execution.place.region,
        function=named.name if named else None,
        alias=_text(request, "alias") or _qualifier(named, is_version=False),
    )


def asked_version(request: object) -> str | None:
    """Return the version a request asks for; None where it leaves the choice to us, or makes no sense."""
    version = whole(_field(request, "version"))
    if isinstance(version, int) and not isinstance(version, bool):
        return str(version)
    return _text(request, "version") or _qualifier(_function(request), is_version=True)


def _function(request: object) -> FunctionName | None:
    try:
        return read_function(_text(request, "function") or "")
    except ValueError:
        return None


def _text(request: object, field: str) -> str | None:
    value = _field(request, field)
    return value if isinstance(value, str) else None


def _field(request: object, field: str) -> object:
    return request.get(field) if isinstance(request, dict) else None


def _qualifier(named: FunctionName | None, *, is_version: bool) -> str | None:
    if named is None or named.qualifier is None:
        return None
    qualifier = named.qualifier
    return qualifier if is_version is (qualifier == "$LATEST" or qualifier.isdigit()) else None
