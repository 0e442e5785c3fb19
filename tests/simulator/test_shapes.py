"""A shape of bursts has a text form, and is found again in the minutes that it made."""

import numpy as np
import pytest

from benchmarks.judge.cells.by_version import serve
from simulator.bursts.fit import fit_bursts
from simulator.bursts.shape import INDEPENDENT, Clumps, Correlation, Environments, Heavy, parse_bursts

HOUR = 60


@pytest.mark.parametrize(
    "bursts", [INDEPENDENT, Correlation(0.002), Clumps(1), Clumps(2.5), Clumps(10), Environments(100), Heavy()], ids=str
)
def test_text_form_gives_the_shape_again(bursts):
    assert parse_bursts(str(bursts)) == bursts


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "-0.1", "nan", "inf", "0.1:", "clumps", "clumps:", "clumps:0.5", "clumps:inf", "clump:10"),
        *("environments", "environments:0", "heavy:2", "2:clumps"),
    ],
)
def test_other_text_is_refused_with_what_is_needed(text):
    with pytest.raises(ValueError, match=r"is no shape of bursts\. Give a correlation from 0 .* clumps:10, environ"):
        parse_bursts(text)


@pytest.mark.parametrize(
    ("bursts", "phrase"),
    [
        (INDEPENDENT, "independently"),
        (Correlation(0.01), "in bursts (correlation 0.01)"),
        (Clumps(10), "in clumps of 10 calls on average"),
        (Environments(1000), "in execution environments of 1,000 calls a minute that turn bad for two minutes"),
        (Heavy(), "in minutes with heavy tails"),
    ],
)
def test_shape_is_described_in_words(bursts, phrase):
    assert bursts.phrase == phrase


def fits(bursts, calls, rate, minutes=HOUR, count=20):
    """Return the fits of some histories with bad calls."""
    rng = np.random.default_rng(4)
    served = (serve(rng, bursts, np.full(minutes, float(calls)), np.full((1, minutes), rate)) for _ in range(count))
    return [fit_bursts(all_calls[0], bad[0]) for all_calls, bad in served if bad.any()]


@pytest.mark.parametrize(
    ("bursts", "calls", "rate"),
    [
        (INDEPENDENT, 6_000, 0.01),
        (INDEPENDENT, 600, 0.01),
        (Clumps(3), 6_000, 0.01),
        (Clumps(10), 6_000, 0.001),
        (Clumps(10), 60_000, 0.02),
        (Environments(100), 6_000, 0.01),
        (Environments(1_000), 60_000, 0.01),
        (Heavy(), 6_000, 0.01),
        (Correlation(0.01), 6_000, 0.002),
    ],
    ids=str,
)
def test_shape_is_found_in_most_histories_of_an_hour(bursts, calls, rate):
    found = [fit.bursts for fit in fits(bursts, calls, rate)]
    alike = [each for each in found if type(each) is type(bursts)]
    assert len(alike) >= 0.7 * len(found)
    if isinstance(bursts, Clumps):
        assert np.median([each.mean for each in alike]) == pytest.approx(bursts.mean, rel=0.2)
    if isinstance(bursts, Environments):
        assert np.median([each.calls for each in alike]) == pytest.approx(bursts.calls, rel=0.3)
    if isinstance(bursts, Correlation):
        assert np.median([each.value for each in alike]) == pytest.approx(bursts.value, abs=0.005)


def test_clumps_are_preferred_where_a_correlation_explains_the_minutes_as_well():
    """With the same calls in each minute both are nearly one distribution; here its variance is 13 times its mean."""
    found = fits(Correlation(0.002), 6_000, 0.01)
    assert all(isinstance(fit.bursts, Clumps) for fit in found)
    assert np.median([fit.bursts.mean for fit in found]) == pytest.approx(6.5, rel=0.25)
    assert np.median([fit.alternative.value for fit in found]) == pytest.approx(0.002, rel=0.3)


def test_changing_volume_tells_a_correlation_from_clumps():
    rng = np.random.default_rng(4)
    calls = np.geomspace(300, 60_000, 180)
    served, bad = serve(rng, Correlation(0.005), calls, np.full((1, 180), 0.01))
    fit = fit_bursts(served[0], bad[0])
    assert isinstance(fit.bursts, Correlation)
    assert fit.bursts.value == pytest.approx(0.005, rel=0.4)
    assert fit.alternative is None
