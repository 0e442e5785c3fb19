"""Asks AWS about each behaviour that no document settles: the rows of docs/aws-behaviour.md that name a probe."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stress.verify_aws.findings import Finding
from stress.verify_aws.stories import Stage


class Answer(NamedTuple):
    """What AWS did, in words, and whether it is what the project relies on."""

    found: str
    holds: bool | None


class Probe(NamedTuple):
    """A question to AWS."""

    name: str
    """As in docs/aws-behaviour.md, where the question is open there."""
    expected: str
    ask: Callable[[Stage], Answer]


def answers(probes: tuple[Probe, ...], stage: Stage) -> Iterator[Finding]:
    """Ask each probe, and yield its finding; a refused call is a finding too, and the others go on."""
    for probe in probes:
        try:
            found, holds = probe.ask(stage)
        except (ClientError, BotoCoreError) as error:
            found, holds = f"no answer: {error}", None
        yield Finding(name=probe.name, expected=probe.expected, found=found, holds=holds)
