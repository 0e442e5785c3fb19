"""A ceiling is broken by proof, not by chance, and not by an outage that stable shares."""

import random
from math import log

import pytest

from rollout.judging.ceilings import ceiling_log_evidence, stable_in_canarys_place
from tests.samples import minutes

LIMIT = log(100)


def test_every_call_failing_is_above_any_ceiling_at_once():
    assert ceiling_log_evidence(minutes((60, 60, 540, 1)), 0.05, 0.001) > LIMIT


@pytest.mark.parametrize("errors", [0, 2, 5])
def test_a_version_below_its_ceiling_gathers_no_evidence(errors):
    assert ceiling_log_evidence(minutes(*[(100, errors, 900, 1)] * 30), 0.05, 0.001) < 0


def test_a_version_at_its_ceiling_is_above_the_limit_at_most_once_in_a_hundred_rollouts():
    chance = random.Random(20260301)  # noqa: S311 - a seed, so that the test is one of yes or no
    over = 0
    for _ in range(400):
        seen = minutes(*((50, sum(chance.random() < 0.05 for _ in range(50)), 0, 0) for _ in range(30)))
        over += any(ceiling_log_evidence(seen[:evaluations], 0.05, 1e-5) >= LIMIT for evaluations in range(3, 31, 3))
    assert over / 400 <= 0.01


def test_an_outage_of_both_proves_nothing_then_or_later():
    outage, calm = [(600, 300, 600, 300)] * 3, [(3000, 6, 3000, 6)] * 10
    assert ceiling_log_evidence(minutes(*outage), 0.05, 0.001) < LIMIT
    assert ceiling_log_evidence(minutes(*outage, *calm), 0.05, 0.001) < LIMIT


def test_stable_is_weighed_by_the_canarys_calls():
    late_outage = minutes((10, 0, 990, 0), (500, 250, 500, 250))
    assert stable_in_canarys_place(late_outage) == pytest.approx(250 / 510)


def test_without_stable_beside_it_nothing_speaks_for_the_canary():
    assert stable_in_canarys_place(minutes((100, 50, 0, 0))) == 0
