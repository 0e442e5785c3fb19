"""The test on a missing share keeps its promise for every routing that gives the canary its share."""

from math import comb, exp, log

import pytest

from rollout.evidence.missing_share import (
    CLUSTER,
    MOST_PER_MINUTE,
    TOLERATED,
    SharedMinute,
    log_ratios,
    missing_minutes,
    missing_share_log_evidence,
)

LIMIT = log(1000)


@pytest.mark.parametrize("share", [TOLERATED, 0.9, 1.0, 1.3])
@pytest.mark.parametrize("weight", [0.01, 0.05, 0.5, 0.75])
@pytest.mark.parametrize(("decisions", "calls_each"), [(8, 1), (200, 1), (50, CLUSTER), (300, CLUSTER), (1, CLUSTER)])
def test_expected_ratio_for_a_canary_with_its_share_is_at_most_one(decisions, calls_each, weight, share):
    """Sums over every outcome, also where up to CLUSTER calls share one routing decision."""
    probability = share * weight
    expected = [0.0, 0.0]
    for won in range(decisions + 1):
        chance = comb(decisions, won) * probability**won * (1 - probability) ** (decisions - won)
        logs = log_ratios(won * calls_each, (decisions - won) * calls_each, weight)
        expected = [total + chance * exp(ratio) for total, ratio in zip(expected, logs, strict=True)]
    assert max(expected) <= 1 + 1e-9


@pytest.mark.parametrize("weight", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("calls", [1, 600, 60_000, 10_000_000])
def test_one_minute_alone_is_no_proof(calls, weight):
    """CloudWatch may publish one version's minute later than the other's."""
    assert max(log_ratios(0, calls, weight)) <= MOST_PER_MINUTE * (1 + 1e-9) < LIMIT


@pytest.mark.parametrize(
    ("calls", "weight", "minutes"), [(600, 0.05, 2), (6000, 0.01, 2), (60, 0.5, 3), (600, 0.01, 9), (60, 0.05, 21)]
)
def test_canary_that_cannot_be_invoked_is_found(calls, weight, minutes):
    stable_only = SharedMinute(canary=0, stable=round(calls * (1 - weight)), weight=weight)
    assert missing_share_log_evidence([stable_only] * minutes) >= LIMIT
    assert missing_share_log_evidence([stable_only] * (minutes // 2)) < LIMIT


def test_share_that_is_missing_from_a_later_minute_is_found():
    healthy, without = SharedMinute(60, 540, 0.1), SharedMinute(0, 540, 0.1)
    assert missing_share_log_evidence([healthy] * 600) < 0
    assert missing_share_log_evidence([*[healthy] * 600, *[without] * 4]) >= LIMIT


def test_canary_that_gets_a_third_of_its_share_is_found():
    assert missing_share_log_evidence([SharedMinute(20, 540, 0.1)] * 9) >= LIMIT


@pytest.mark.parametrize("days", [1, 14])
def test_canary_with_its_share_is_never_proved_missing(days):
    assert missing_share_log_evidence([SharedMinute(6, 594, 0.01)] * 1440 * days) < 0


@pytest.mark.parametrize("minutes", [[], [SharedMinute(0, 0, 0.5)] * 100, [SharedMinute(90, 0, 0.5)] * 100])
def test_minutes_without_stable_calls_are_no_evidence(minutes):
    assert missing_share_log_evidence(minutes) <= 1e-9


def test_evidence_of_a_long_outage_stays_finite():
    assert LIMIT < missing_share_log_evidence([SharedMinute(0, 30_000, 0.5)] * 20_160) < 1000


def test_missing_minutes_begin_where_the_share_is_missing():
    healthy, without = SharedMinute(60, 540, 0.1), SharedMinute(0, 540, 0.1)
    assert missing_minutes([healthy, without, healthy, healthy, without, without]) == [without, without]
    assert missing_minutes([healthy] * 3) == []


def test_due_calls_are_the_share_beside_the_calls_of_stable():
    assert SharedMinute(0, 570, 0.05).due == pytest.approx(30)
