"""How long a canary had each share, from the evaluations of its rollout."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from rollout.dashboard.evaluations import Evaluation
from rollout.domain.durations import format_rounded_duration
from rollout.domain.enums import Phase


def format_shares(began_at: datetime | None, evaluations: Sequence[Evaluation]) -> str:
    """Return the shares in their order, such as `10 % for 5m, the bake for 15m`; `none` without an evaluation.

    A share lasts until its last evaluation, after which the rollout went on to the next one.
    """
    return ", ".join(_formatted(began_at, evaluations)) or "none"


def _formatted(began_at: datetime | None, evaluations: Sequence[Evaluation]) -> Iterator[str]:
    since = began_at
    for (phase, percent), group in groupby(evaluations, key=lambda each: (each.phase, each.percent)):
        until = [*group][-1].at
        if percent:
            name = "the bake" if phase is Phase.BAKE else f"{percent:g} %"
            yield f"{name} for {format_rounded_duration((until - (since or until)).total_seconds())}"
        since = until
