"""Reads the freeze of the stack from Parameter Store."""

from rollout.aws import settings
from rollout.aws.parameter_store import StoredTexts, stored_texts
from rollout.state.hold import Freeze, read_freeze


class Freezes:
    """The one parameter that freezes every rollout of the stack."""

    def __init__(self, texts: StoredTexts, parameter: str) -> None:
        self._texts = texts
        self._parameter = parameter

    def find(self) -> Freeze | None:
        """Return the freeze; None where there is no parameter. Raises AwsUnavailableError or AwsRefusedError."""
        text = self._texts.find(self._parameter)
        return None if text is None else read_freeze(text, self._parameter)


def freezes() -> Freezes:
    """Return the freeze under the stack's FreezeParameter."""
    return Freezes(stored_texts(), settings.freeze_parameter())
