"""Reads the input of a release. The least is {"release": "2026-11-25.3", "functions": [{"function": "cart"}]}."""

from collections import Counter
from collections.abc import Container, Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic import Strict as StrictType

from rollout.admission.read_request import FunctionText, OverrideText, VersionText
from rollout.admission.releases.order import broken_order
from rollout.domain.durations import Seconds
from rollout.domain.errors import InvalidRequestError
from rollout.domain.json_values import plain_json
from rollout.domain.lambda_names import read_alias
from rollout.domain.models import Strict, Value
from rollout.domain.together import read_with_rules
from rollout.domain.validation import format_problems
from rollout.state.releases.name import ReleaseName

MOST_PARTS = 200
"""How many functions a release has at most: one entry of the ledger has the reason of each."""

_EXAMPLE = (
    '{"release": "2026-11-25.3", "functions": [{"function": "cart"}, {"function": "checkout", "after": ["cart"]}]}'
)


class S3Location(Strict):
    """The object in S3 that holds the functions of a release, as a JSON array."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,62}$")]
    key: Annotated[str, Field(min_length=1, max_length=1024)]


class PartRequest(Strict):
    """One function of a release as its input names it."""

    function: FunctionText
    alias: Annotated[str, AfterValidator(read_alias)] | None = None
    version: VersionText | None = None
    policy: Any = None
    override_freeze: OverrideText = ""
    after: tuple[str, ...] = Field(default=(), max_length=MOST_PARTS)

    def request(self) -> dict[str, Any]:
        """Return the request of the rollout, as an operator would write it for this function only."""
        return {
            name: value
            for name, value in self.model_dump(mode="json", exclude={"after"}).items()
            if value not in (None, "")
        }


def _as_list(value: object) -> list[object]:
    """Return the functions as a list; raises ValueError for anything else, and for more than a release may have."""
    if not isinstance(value, list | tuple):
        reason = 'write a list, such as [{"function": "cart"}], or an object with bucket and key'
        raise ValueError(reason)  # noqa: TRY004 - pydantic takes no TypeError for a problem of a field
    if len(value) > MOST_PARTS:
        raise ValueError(f"write at most {MOST_PARTS} items (it has {len(value):,}), and make several releases")
    return [*value]


class ReleaseRequest(Strict):
    """The input of a release."""

    release: ReleaseName
    functions: Annotated[tuple[PartRequest, ...], BeforeValidator(_as_list)] = Field(min_length=1)
    timeout: Annotated[Seconds, Field(ge=60, le=7 * 86400)] = 86400
    """The longest time from the start until the promotion, after which the release fails."""
    dry_run: Annotated[bool, StrictType()] = False
    skip_served: Annotated[bool, StrictType()] = False
    """Whether functions whose alias serves the version already, or a newer one, are left out in place of a refusal."""

    def without(self, numbers: Container[int]) -> "ReleaseRequest":
        """Return the input without the functions of these numbers."""
        kept = tuple(part for number, part in enumerate(self.functions) if number not in numbers)
        return self.model_copy(update={"functions": kept})

    @model_validator(mode="wrap")
    @classmethod
    def _check_rules(cls, value: object, read: ModelWrapValidatorHandler["ReleaseRequest"]) -> Any:  # noqa: ANN401 - itself
        return read_with_rules(value, read, _broken_rules)


def _broken_rules(value: object) -> Iterator[str]:
    """Yield what is wrong with the functions of a release together, if each of them can be read."""
    if not isinstance(value, ReleaseRequest):
        return
    counts = Counter(part.function for part in value.functions)
    yield from (
        f"functions has {name} {count} times: name each function once" for name, count in counts.items() if count > 1
    )
    yield from broken_order({part.function: part.after for part in value.functions})


class ReleasePreparation(Value):
    """The event of PrepareRelease: the execution's input, not validated yet, and the try before."""

    request: Annotated[Any, BeforeValidator(plain_json)]
    execution: Any
    previous: Any = None


def s3_location(request: object) -> S3Location | None:
    """Return where the functions of a release are, if its input names an object in S3; raises InvalidRequestError."""
    functions = request.get("functions") if isinstance(request, dict) else None
    if not isinstance(functions, dict):
        return None
    try:
        return S3Location.model_validate(functions)
    except ValidationError as error:
        raise _invalid(format_problems(error, "functions")) from None


def read_release(request: object) -> ReleaseRequest:
    """Return the input of a release. Raises InvalidRequestError, which names each invalid field with its value."""
    try:
        return ReleaseRequest.model_validate(request)
    except ValidationError as error:
        raise _invalid(format_problems(error)) from None


def _invalid(problems: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"The input is refused, and nothing was touched: {problems}. A release needs at least {_EXAMPLE}; alias,"
        " version, policy, override_freeze and after of a function are optional, and so are timeout, dry_run and"
        " skip_served."
    )
