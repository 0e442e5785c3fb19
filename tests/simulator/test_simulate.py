"""The report of a simulation: reproducible, with one finding for each problem of the policy."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rollout.policy.policy import Policy
from simulator.bursts.shape import INDEPENDENT
from simulator.files import InvalidInputError
from simulator.shares import distribution_of, share_of
from simulator.simulate.findings import conclusion, findings, summary
from simulator.simulate.load import Load
from simulator.simulate.report import Report
from simulator.simulate.simulate import Simulation, simulate
from simulator.wording import GATES_PASSED, HOOKS_PASSED

ROOT = Path(__file__).parents[2]
QUICK = {"steps": [{"percent": 20, "hold": "4m"}], "bake": "3m"}
BUSY = Load(calls_per_minute=3000, error_percent=0.2, bursts=INDEPENDENT, regression=20)
DOCUMENT = (ROOT / "docs/simulating.md").read_text()


def run(load: Load = BUSY, rollouts: int = 10, seed: int = 1, **policy: object) -> Simulation:
    return simulate(Policy.model_validate(QUICK | policy), load, rollouts, seed, lambda _: None)


@pytest.fixture(scope="module")
def quick() -> Report:
    return run().report


def test_same_seed_gives_the_same_report(quick):
    assert run().report == quick


def test_other_seed_gives_another_report(quick):
    assert run(seed=2).report.bad != quick.bad


def test_several_processes_give_the_same_results(quick):
    """More than twenty rollouts of each version are distributed over processes."""
    many = run(rollouts=21)
    assert simulate(many.report.policy, BUSY, 10, 1, lambda _: None).report == quick
    assert [result.number for result in many.results[1]] == list(range(21))
    assert many.results[1][:10] == run().results[1]


def test_clearly_bad_version_is_always_rolled_back(quick):
    assert (quick.bad.rolled_back.count, quick.bad.promoted.count) == (10, 0)
    assert quick.bad.seconds_to_rollback.max < 5 * 60
    assert quick.bad.excess_failed_calls.median < quick.bad.failed_calls.median


def test_healthy_version_is_promoted_after_its_steps_and_bake(quick):
    assert quick.healthy.promoted.count == 10
    assert 7 * 60 <= quick.healthy.seconds_to_promotion.median <= 9 * 60
    assert quick.findings == []
    assert conclusion(quick).startswith("This policy fits this traffic")


def test_step_with_too_few_calls_is_a_finding():
    report = run(Load(calls_per_minute=20, error_percent=0, regression=1), rollouts=3).report
    assert [step.too_few_calls.percent for step in report.steps] == [100, 100]
    expected = "step 1 has too few calls in 100 % of rollouts (about 16 in its hold, 50 needed)"
    assert any(expected in finding for finding in report.findings)
    assert conclusion(report).startswith("This policy does not fit this traffic")


def test_inconclusive_healthy_version_is_not_promoted():
    rare = Load(calls_per_minute=1, error_percent=0)
    report = run(rare, rollouts=3, max_extension="5m", on_inconclusive="roll_back").report
    assert (report.healthy.inconclusive.count, report.healthy.rolled_back.count) == (3, 0)
    assert report.healthy.seconds_to_promotion is None


def test_false_rollback_is_a_finding_with_its_reason():
    """A healthy version is hardly ever rolled back, so the report of the bad version takes its place."""
    report = run(rollouts=3).report
    false_rollbacks = report.model_copy(update={"healthy": report.bad})
    assert list(false_rollbacks.bad.reasons) == ["the canary fails more often than stable"]
    assert findings(false_rollbacks) == [
        "100 % of healthy versions are rolled back, the policy allows 1 % (the canary fails more often than stable)"
    ]


def test_auto_chooses_steps_for_the_simulated_traffic():
    report = simulate(Policy(), Load(calls_per_minute=600, error_percent=0.1, regression=300), 2, 1, print).report
    assert report.auto.startswith("steps: Auto chose 1 % for 14m, ")
    assert "about 600 calls a minute and stable fails 0.1 % of them" in report.auto
    assert [step.percent for step in report.policy.steps] == [1, 5, 25, 50]
    assert [step.percent for step in report.steps] == [1, 5, 25, 50, 100]
    assert (report.healthy.promoted.count, report.bad.rolled_back.count) == (2, 2)
    assert report.findings == []


def test_auto_promotes_at_once_with_too_few_calls_and_its_bake_finds_a_broken_version():
    report = simulate(Policy(), Load(calls_per_minute=0.2, error_percent=0.1, regression=1000), 2, 1, print).report
    assert report.auto.startswith("steps: Auto promotes at once, because the alias can expect about 12 calls within 1h")
    assert report.policy.is_all_at_once
    assert [step.percent for step in report.steps] == [100]
    assert (report.healthy.promoted.count, report.bad.rolled_back.count) == (2, 2)
    assert report.healthy.seconds_to_promotion.max <= report.policy.bake + report.policy.max_extension + 120


def test_steps_of_a_policy_are_simulated_as_written(quick):
    assert quick.auto is None
    assert [(step.percent, step.hold) for step in quick.policy.steps] == [(20, 240)]


def test_report_says_what_is_assumed_of_approvals(quick):
    gated = run(rollouts=1, steps=[*QUICK["steps"], {"approval": {}}]).report
    assert GATES_PASSED in summary(gated)
    assert GATES_PASSED not in summary(quick)
    assert gated.policy.has_gates


def test_report_says_what_is_assumed_of_hooks(quick):
    hooked = run(rollouts=1, hooks={"each_step": [{"function": "smoke"}]}).report
    assert HOOKS_PASSED in summary(hooked)
    assert HOOKS_PASSED not in summary(quick)
    assert hooked.healthy.promoted.count == 1


SLUGGISH = Load(calls_per_minute=3000, regression=1, slowdown=20)
SLOW = {"slow": {"over_ms": 800}}
ALARM = {"alarm": "checkout-5xx"}


def test_slow_version_is_rolled_back_by_its_slow_calls():
    report = run(SLUGGISH, metrics=["errors", SLOW]).report
    assert (report.healthy.promoted.count, report.bad.rolled_back.count) == (10, 10)
    assert list(report.bad.reasons) == ["the canary is slow more often than stable"]
    assert report.bad.slow_calls.median > report.bad.excess_slow_calls.median > 10 * report.bad.failed_calls.median
    sentence = summary(report)[1]
    assert sentence.startswith(
        "Version that is slow 20 times as often as stable: 100 % of rollouts are rolled back, 0 % are promoted."
    )
    assert f"{report.bad.slow_calls.median:,.0f} slow calls" in sentence
    assert "failed" not in sentence


def test_version_that_fails_and_is_slow_costs_both_kinds_of_calls():
    report = run(replace(SLUGGISH, regression=4), rollouts=3, metrics=["errors", SLOW]).report
    assert re.match(
        r"Version that fails 4 times and is slow 20 times as often as stable: .* \d+ failed and \d+ slow calls, 90 % at"
        r" most .* and \d+ failed and \d+ slow\.$",
        summary(report)[1],
    )


def test_slow_calls_are_reported_if_the_policy_counts_them(quick):
    assert (quick.slow_percent, quick.slowdown, quick.bad.slow_calls) == (None, None, None)
    report = run(rollouts=3, metrics=["errors", "slow"]).report
    assert (report.slow_percent, report.slowdown) == (1, 1)
    assert report.healthy.promoted.count == 3


def test_slowdown_without_a_slow_metric_is_refused():
    with pytest.raises(InvalidInputError, match="--slowdown is 20, but the policy does not measure slow calls"):
        run(SLUGGISH)


def test_metrics_that_cannot_be_simulated_are_ignored_and_named():
    report = run(rollouts=2, metrics=["errors", "throttles", SLOW], guards={"alarms": ["checkout-5xx"]}).report
    assert report.unsupported_metrics == report.policy.ignore == ["throttles", "checkout-5xx"]
    assert report.healthy.promoted.count == 2
    assert summary(report)[-1] == "Not simulated, and therefore ignored: throttles, checkout-5xx."


@pytest.mark.parametrize(
    "metrics", [["throttles"], [ALARM], [ALARM, {"errors": {}, "mode": "advisory"}, SLOW | {"mode": "advisory"}]]
)
def test_policy_without_a_simulated_critical_metric_is_refused(metrics):
    message = r"A simulation has no data for .* Add a critical metric of the kind errors or slow"
    with pytest.raises(InvalidInputError, match=message):
        run(metrics=metrics)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 0, 0, 100), (0, 100, 0, 3.7), (100, 100, 96.3, 100), (50, 100, 40.4, 59.6)],
)
def test_share_has_a_confidence_interval(count, total, low, high):
    share = share_of(count, total)
    assert (share.low, share.high) == pytest.approx((low, high), abs=0.1)


def test_distribution_of_no_values_is_none():
    assert (distribution_of([]), distribution_of([3])) == (None, distribution_of([3.0, 3.0]))


def test_every_key_of_the_json_is_documented(quick):
    keys = _keys(json.loads(quick.model_dump_json())) - _keys(quick.policy.model_dump(mode="json"))
    assert keys - set(re.findall(r"`(\w+)`", DOCUMENT)) == set()


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {key for key in value if " " not in key}
        return own | {key for inner in value.values() for key in _keys(inner)}
    return {key for inner in value for key in _keys(inner)} if isinstance(value, list) else set()
