"""What is said of a policy is drawn from its rollouts, is the same each time, and names what does not fit."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rollout.policy.policy import Policy
from simulator.files import UnreadableError
from simulator.shares import share, spread
from simulator.simulate.findings import findings, sentences, verdict
from simulator.simulate.load import Load
from simulator.simulate.report import Report
from simulator.simulate.simulate import Simulated, simulate

ROOT = Path(__file__).parents[2]
QUICK = {"steps": [{"percent": 20, "hold": "4m"}], "bake": "3m"}
BUSY = Load(calls_per_minute=3000, error_percent=0.2, bursts=0, regression=20)
DOCUMENT = (ROOT / "docs/simulating.md").read_text()


def simulated(load: Load = BUSY, rollouts: int = 10, seed: int = 1, **policy: object) -> Simulated:
    return simulate(Policy.model_validate(QUICK | policy), load, rollouts, seed, lambda _: None)


@pytest.fixture(scope="module")
def usual() -> Report:
    return simulated().report


def test_the_same_seed_gives_the_same_answer(usual):
    assert simulated().report == usual


def test_another_seed_gives_another_answer(usual):
    assert simulated(seed=2).report.bad != usual.bad


def test_more_processes_give_the_same_answer(usual):
    """More than twenty rollouts of each are shared out among processes."""
    many = simulated(rollouts=21)
    assert simulate(many.report.policy, BUSY, 10, 1, lambda _: None).report == usual
    assert [one.number for one in many.played[1]] == list(range(21))
    assert many.played[1][:10] == simulated().played[1]


def test_a_clearly_bad_version_is_always_caught(usual):
    assert (usual.bad.rolled_back.count, usual.bad.promoted.count) == (10, 0)
    assert usual.bad.seconds_to_rollback.all < 5 * 60
    assert usual.bad.excess_failed_calls.half < usual.bad.failed_calls.half


def test_a_healthy_version_is_promoted_when_its_steps_and_its_bake_are_over(usual):
    assert usual.healthy.promoted.count == 10
    assert 7 * 60 <= usual.healthy.seconds_to_promotion.half <= 9 * 60
    assert usual.findings == []
    assert verdict(usual).startswith("This policy fits this traffic")


def test_a_step_that_lacks_calls_is_named():
    report = simulated(Load(calls_per_minute=20, error_percent=0, regression=1), rollouts=3).report
    assert [step.too_few.percent for step in report.steps] == [100, 100]
    assert any(
        "step 1 lacks calls in 100 % of rollouts (about 16 in its hold, 50 needed)" in f for f in report.findings
    )
    assert verdict(report).startswith("This policy does not fit this traffic")


def test_a_healthy_version_that_is_given_up_is_no_promotion():
    rare = Load(calls_per_minute=1, error_percent=0)
    report = simulated(rare, rollouts=3, max_extension="5m", on_inconclusive="roll_back").report
    assert (report.healthy.without_calls.count, report.healthy.rolled_back.count) == (3, 0)
    assert report.healthy.seconds_to_promotion is None


def test_a_false_alarm_is_told_by_its_reason():
    """A healthy version is hardly ever taken back, so here every version fails, and is called healthy."""
    report = simulated(rollouts=3).report
    alarmed = report.model_copy(update={"healthy": report.bad})
    assert list(alarmed.bad.reasons) == ["the canary fails more often than stable"]
    assert findings(alarmed) == [
        "100 % of healthy versions are taken back where 1 % is allowed (the canary fails more often than stable)"
    ]


SLUGGISH = Load(calls_per_minute=3000, regression=1, slowdown=20)
SLOW = {"slow": {"over_ms": 800}}
ALARM = {"alarm": "checkout-5xx"}


def test_a_version_that_is_slow_alone_is_caught_by_its_slow_calls():
    report = simulated(SLUGGISH, metrics=["errors", SLOW]).report
    assert (report.healthy.promoted.count, report.bad.rolled_back.count) == (10, 10)
    assert list(report.bad.reasons) == ["the canary is slow more often than stable"]
    assert report.bad.slow_calls.half > report.bad.excess_slow_calls.half > 10 * report.bad.failed_calls.half
    said = sentences(report)[1]
    assert said.startswith("A version that is slow 20 times as often as stable is taken back in 100 % of rollouts")
    assert f"{report.bad.slow_calls.half:,.0f} slow calls" in said
    assert "failed" not in said


def test_what_is_worse_in_both_ways_costs_in_both():
    report = simulated(replace(SLUGGISH, regression=4), rollouts=3, metrics=["errors", SLOW]).report
    assert re.match(
        r"A version that fails 4 times and is slow 20 times as often as stable .* \d+ failed and \d+ slow calls, nine"
        r" times in ten within .* and \d+ failed and \d+ slow\.$",
        sentences(report)[1],
    )


def test_slow_calls_are_told_where_the_policy_counts_them(usual):
    assert (usual.slow_percent, usual.slowdown, usual.bad.slow_calls) == (None, None, None)
    watched = simulated(rollouts=3, metrics=["errors", "slow"]).report
    assert (watched.slow_percent, watched.slowdown) == (1, 1)
    assert watched.healthy.promoted.count == 3


def test_a_slowdown_that_nobody_counts_is_refused():
    with pytest.raises(UnreadableError, match="A slowdown of 20 needs a policy with the metric slow"):
        simulated(SLUGGISH)


def test_what_a_simulation_cannot_know_is_left_out_and_said():
    told = simulated(rollouts=2, metrics=["errors", "throttles", SLOW], guards={"alarms": ["checkout-5xx"]})
    assert told.report.left_out == told.report.policy.ignore == ["throttles", "checkout-5xx"]
    assert told.report.healthy.promoted.count == 2
    said = "Left out, as a simulation cannot tell of them: throttles, checkout-5xx."
    assert sentences(told.report)[-1] == said


@pytest.mark.parametrize(
    "metrics", [["throttles"], [ALARM], [ALARM, {"errors": {}, "mode": "advisory"}, SLOW | {"mode": "advisory"}]]
)
def test_a_policy_of_which_nothing_is_left_that_decides_is_refused(metrics):
    with pytest.raises(UnreadableError, match=r"Nothing that decides .* give it a critical metric of errors or slow"):
        simulated(metrics=metrics)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 0, 0, 100), (0, 100, 0, 3.7), (100, 100, 96.3, 100), (50, 100, 40.4, 59.6)]
)
def test_a_share_says_how_sure_it_is(count, of, low, high):
    told = share(count, of)
    assert (told.low, told.high) == pytest.approx((low, high), abs=0.1)


def test_a_spread_of_nothing_is_nothing():
    assert (spread([]), spread([3])) == (None, spread([3.0, 3.0]))


def test_every_number_of_the_json_is_documented(usual):
    told = _keys(json.loads(usual.model_dump_json())) - _keys(usual.policy.model_dump(mode="json"))
    assert told - set(re.findall(r"`(\w+)`", DOCUMENT)) == set()


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {key for key in value if " " not in key}
        return own | {key for inner in value.values() for key in _keys(inner)}
    return {key for inner in value for key in _keys(inner)} if isinstance(value, list) else set()
