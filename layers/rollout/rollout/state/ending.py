"""How a rollout ended."""

from pydantic import ConfigDict, Field

from rollout.domain.enums import Outcome
from rollout.domain.models import Value
from rollout.domain.text import Sentence


def _is_empty(value: object) -> bool:
    return value == ""


class Ending(Value):
    """How a rollout ended, with the error code and the sentence that its Fail state shows."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    outcome: Outcome
    error: str = Field(alias="Error")
    cause: Sentence = Field(alias="Cause")
    moved_revision: str = Field(
        default="", exclude_if=_is_empty, description="The alias's revision by another writer, if one moved it."
    )
    restored_revision: str = Field(
        default="",
        exclude_if=_is_empty,
        description="The alias's revision after RestoreAlias; empty without it.",
    )
    writer: str = Field(
        default="", exclude_if=_is_empty, description="Who moved the alias, and when; empty while it is not known."
    )

    @property
    def leaves_alias_unsplit(self) -> bool:
        """Whether the alias is unsplit, or belongs to another writer; only then is its lock released."""
        return self.outcome is not Outcome.ROLLBACK_FAILED
