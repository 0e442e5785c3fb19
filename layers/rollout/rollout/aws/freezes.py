"""Reads the freeze of the stack from Parameter Store."""

from rollout.aws import settings
from rollout.aws.parameter_store import StoredTexts, stored_texts
from rollout.state.hold import Freeze, read_freeze

_LOOKS_A_PERIOD = 12
"""How often a function that evaluates without pause looks for a freeze in a metric period: each five seconds on AWS."""


class Freezes:
    """The one parameter that freezes every rollout of the stack.

    Parameter Store allows 40 calls a second, and without a freeze each evaluation would make one.
    """

    def __init__(self, texts: StoredTexts, parameter: str, absent_seconds: int) -> None:
        self._texts = texts
        self._parameter = parameter
        self._absent_seconds = absent_seconds

    def find(self) -> Freeze | None:
        """Return the freeze; None where there is no parameter. Raises AwsUnavailableError or AwsRefusedError."""
        text = self._texts.find(self._parameter, self._absent_seconds)
        return None if text is None else read_freeze(text, self._parameter)


def freezes() -> Freezes:
    """Return the freeze under the stack's FreezeParameter."""
    absent_seconds = settings.timing().period_seconds // _LOOKS_A_PERIOD
    return Freezes(stored_texts(), settings.freeze_parameter(), absent_seconds)
