"""Log lines as a metric: what a line has to contain to be counted against the version that wrote it."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ModelWrapValidatorHandler, model_validator
from pydantic_core import PydanticCustomError

from rollout.domain.models import Strict
from rollout.domain.together import read_with_rules


def _check_pattern(pattern: str) -> str:
    """Return a pattern that CloudWatch Logs Insights reads as one literal, without any escape character.

    The language has two quotes and no documented escape for them, so a pattern never holds both.
    """
    if not pattern.isprintable() or "\\" in pattern or "#" in pattern:
        raise PydanticCustomError("pattern_not_literal", "write text of one line without \\ and #")
    if '"' in pattern and "'" in pattern:
        raise PydanticCustomError("pattern_with_both_quotes", "use one kind of quote, either \" or '")
    return pattern


def _not_one_condition(logs: object) -> Iterator[str]:
    fields = dict(logs) if isinstance(logs, Logs | dict) else {"pattern": logs}
    if (fields.get("pattern") is None) == (fields.get("level") is None):
        yield "write exactly one of pattern and level"


class Logs(Strict):
    """Lines of the function's log, by the version that wrote them."""

    pattern: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_check_pattern)] | None = Field(
        default=None,
        description="The text that a counted line contains, such as ERROR. Upper and lower case differ.",
    )
    level: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")] | None = Field(
        default=None,
        description="The value of the field `level` in JSON logs, such as ERROR. Upper and lower case differ.",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _is_one_condition(cls, value: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        logs: Self = read_with_rules(value, read, _not_one_condition, "pattern_or_level")
        return logs

    @property
    def text(self) -> str:
        """What is counted, for judgements."""
        return f"level {self.level}" if self.pattern is None else self.pattern
