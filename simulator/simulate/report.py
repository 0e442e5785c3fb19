"""What thousands of rollouts say about a policy, in numbers; `--json` prints it as it is."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel

from rollout.domain.enums import Move, Verdict
from rollout.policy.policy import Policy
from simulator.metrics import ERRORS, SLOW, counts_slow
from simulator.shares import Share, Spread, share, spread
from simulator.simulate.load import Load, Version
from simulator.simulate.trial import Played, Question


class Fate(BaseModel, frozen=True):
    """What becomes of versions of one kind."""

    times: float
    """How many times as often as stable they fail."""
    slow_times: float
    """How many times as often as stable they are slow."""
    promoted: Share
    rolled_back: Share
    """On proof: the verdict was unhealthy."""
    without_calls: Share
    """Taken back or handed over without proof, for want of calls."""
    reasons: dict[str, int]
    """What the judge said first of those taken back on proof, and how often."""
    seconds_to_promotion: Spread | None
    """From the first shift to the end of the bake; null where none was promoted."""
    seconds_to_rollback: Spread | None
    """From the first shift; like the rest, of those taken back on proof, and null where there are none."""
    failed_calls: Spread | None
    """On the canary until it was taken back, those included that CloudWatch did not show yet."""
    excess_failed_calls: Spread | None
    """Those of them that stable would not have failed."""
    slow_calls: Spread | None
    """On the canary until then; like the next, null where the policy counts no slow calls as well."""
    excess_slow_calls: Spread | None
    """Those of them that would not have been slow on stable."""

    @property
    def version(self) -> Version:
        """Which kind they are of."""
        return Version(self.times, self.slow_times)


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
    """As it was played: what is left out is muted."""
    left_out: list[str]
    """The names of what a simulation cannot know."""
    calls_per_minute: float
    error_percent: float
    bursts: float
    regression: float
    slow_percent: float | None
    """Like slowdown, null where the policy counts no slow calls."""
    slowdown: float | None
    rollouts: int
    seed: int
    healthy: Fate
    bad: Fate
    steps: list[StepFate]
    """For healthy versions."""
    findings: list[str] = []
    """What speaks against the policy at this traffic, a sentence each; empty where nothing does."""


def fate(played: Sequence[Played], question: Question) -> Fate:
    """Return what became of versions of one kind."""
    promoted = [one for one in played if one.move is Move.FINISH]
    back = [one for one in played if one.move is Move.ROLL_BACK and one.verdict is Verdict.UNHEALTHY]
    slow = back if counts_slow(question.policy) else []
    stables = question.load.rates()
    return Fate(
        times=question.version.times,
        slow_times=question.version.slow_times,
        promoted=share(len(promoted), len(played)),
        rolled_back=share(len(back), len(played)),
        without_calls=share(len(played) - len(promoted) - len(back), len(played)),
        reasons=dict(Counter(_first_words(one.reason) for one in back).most_common()),
        seconds_to_promotion=spread([one.seconds for one in promoted]),
        seconds_to_rollback=spread([one.seconds for one in back]),
        failed_calls=spread([one.canary.bad for one in back]),
        excess_failed_calls=spread([one.canary.bad - one.canary.calls * stables[ERRORS] for one in back]),
        slow_calls=spread([one.slow.bad for one in slow]),
        excess_slow_calls=spread([one.slow.bad - one.slow.calls * stables[SLOW] for one in slow]),
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
