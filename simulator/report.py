"""What thousands of rollouts say about a policy, in numbers; `--json` prints it as it is."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist, median, quantiles

from pydantic import BaseModel

from rollout.policy import Policy
from rollout.words import Move, Verdict
from simulator.traffic import Load
from simulator.trial import Played

_SIGMAS = NormalDist().inv_cdf(0.975)


class Share(BaseModel, frozen=True):
    """How many of how many, in percent, and its 95 % interval (Wilson's)."""

    count: int
    of: int
    percent: float
    low: float
    high: float


class Spread(BaseModel, frozen=True):
    """What half of the rollouts, nine in ten, and all of them stay within."""

    half: float
    nine_in_ten: float
    all: float


class Fate(BaseModel, frozen=True):
    """What becomes of versions of one kind."""

    times: float
    """How many times as often as stable they fail."""
    promoted: Share
    taken_back: Share
    """On proof: the verdict was unhealthy."""
    without_calls: Share
    """Taken back or handed over without proof, for want of calls."""
    reasons: dict[str, int]
    """What the judge said first of those taken back on proof, and how often."""
    seconds_to_promotion: Spread | None
    """From the first shift to the end of the bake; null where none was promoted."""
    seconds_to_way_back: Spread | None
    """From the first shift; like the next two, of those taken back on proof, and null where there are none."""
    failed_calls: Spread | None
    """On the canary until it was taken back, those included that CloudWatch did not show yet."""
    excess_failed_calls: Spread | None
    """Those of them that stable would not have failed."""


class StepFate(BaseModel, frozen=True):
    """How a step goes for healthy versions that reach it; the last one is the bake."""

    step: int
    percent: float
    hold_seconds: int
    calls_in_hold: float
    """Calls the canary can expect in the hold."""
    too_few: Share
    """Steps held on for calls when the hold was over."""
    seconds: Spread | None
    """How long it took; null where none passed it."""


class Report(BaseModel, frozen=True):
    """The answer of `simulate`."""

    policy: Policy
    calls_per_minute: float
    error_percent: float
    bursts: float
    regression: float
    rollouts: int
    seed: int
    healthy: Fate
    bad: Fate
    steps: list[StepFate]
    """For healthy versions."""
    findings: list[str] = []
    """What speaks against the policy at this traffic, a sentence each; empty where nothing does."""


def fate(played: Sequence[Played], times: float, load: Load) -> Fate:
    """Return what became of versions that fail so many times as often as stable."""
    promoted = [one for one in played if one.move is Move.FINISH]
    back = [one for one in played if one.move is Move.ROLL_BACK and one.verdict is Verdict.UNHEALTHY]
    return Fate(
        times=times,
        promoted=share(len(promoted), len(played)),
        taken_back=share(len(back), len(played)),
        without_calls=share(len(played) - len(promoted) - len(back), len(played)),
        reasons=dict(Counter(_first_words(one.reason) for one in back).most_common()),
        seconds_to_promotion=spread([one.seconds for one in promoted]),
        seconds_to_way_back=spread([one.seconds for one in back]),
        failed_calls=spread([one.canary.bad for one in back]),
        excess_failed_calls=spread([one.canary.bad - one.canary.calls * load.error_rate(1) for one in back]),
    )


def _first_words(reason: str) -> str:
    return reason.removeprefix(f"{Verdict.UNHEALTHY}: ").split(";")[0]


def step_fates(played: Sequence[Played], policy: Policy, load: Load) -> list[StepFate]:
    """Return how each step, and the bake, went for these rollouts."""
    stages = [*((step.percent, step.hold) for step in policy.steps), (100, policy.bake)]
    return [_step_fate(number, *stage, played, load) for number, stage in enumerate(stages, start=1)]


def _step_fate(number: int, percent: float, hold: int, played: Sequence[Played], load: Load) -> StepFate:
    reached = [one for one in played if one.step >= number]
    passed = [(0.0, *one.passed_after) for one in reached if len(one.passed_after) >= number]
    return StepFate(
        step=number,
        percent=percent,
        hold_seconds=hold,
        calls_in_hold=load.calls_per_minute * percent / 100 * hold / 60,
        too_few=share(sum(number in one.thin_steps for one in reached), len(reached)),
        seconds=spread([after[number] - after[number - 1] for after in passed]),
    )


def share(count: int, of: int) -> Share:
    """Return a share with its interval; of none at all, nothing is known: 0 to 100 percent."""
    if of == 0:
        return Share(count=0, of=0, percent=0, low=0, high=100)
    rate, weight = count / of, _SIGMAS**2 / of
    middle = (rate + weight / 2) / (1 + weight)
    half = math.sqrt(rate * (1 - rate) * weight + weight**2 / 4) / (1 + weight)
    low, high = max(middle - half, 0) if count else 0, min(middle + half, 1) if count < of else 1
    return Share(count=count, of=of, percent=100 * rate, low=100 * low, high=100 * high)


def spread(values: Sequence[float]) -> Spread | None:
    """Return how values spread; None where there are none."""
    if not values:
        return None
    tenths = quantiles(values, n=10, method="inclusive") if len(values) > 1 else [values[0]] * 9
    return Spread(half=median(values), nine_in_ten=tenths[8], all=max(values))
