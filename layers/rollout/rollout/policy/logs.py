"""Log lines as a metric: what a line has to contain to be counted against the version that wrote it."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from rollout.domain.models import Strict


def _check_pattern(pattern: str) -> str:
    """Return a pattern that CloudWatch Logs Insights reads as one literal, without any escape character.

    The language has two quotes and no documented escape for them, so a pattern never holds both.
    """
    if not pattern.isprintable() or "\\" in pattern or "#" in pattern:
        raise PydanticCustomError("pattern_not_literal", "write text of one line without \\ and #")
    if '"' in pattern and "'" in pattern:
        raise PydanticCustomError("pattern_with_both_quotes", "use one kind of quote, either \" or '")
    return pattern


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

    @model_validator(mode="after")
    def _is_one_condition(self) -> Self:
        if (self.pattern is None) == (self.level is None):
            raise PydanticCustomError("pattern_or_level", "write exactly one of pattern and level")
        return self

    @property
    def text(self) -> str:
        """What is counted, for judgements."""
        return f"level {self.level}" if self.pattern is None else self.pattern
